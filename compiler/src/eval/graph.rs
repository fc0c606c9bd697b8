//! What needs what: every value that can be named is a node, evaluated after those that it needs.
//! The walk keeps its own stack, so that a chain of 65,536 ranges, each beginning at the end of
//! the one before, needs no deep recursion.

use super::{Evaluator, value_cycle};
use crate::model::{ItemId, SpaceId};
use crate::source::Loc;

/// A value that others may need.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Node {
    /// A parameter: its domain and default.
    Param(usize),
    /// A named value.
    Let(usize),
    /// A page-table format.
    Format(usize),
    /// The width of a space.
    Bits(SpaceId),
    /// The format of a space.
    Paging(SpaceId),
    /// Whether an item exists.
    Exists(ItemId),
    /// The members of a family.
    Family(ItemId),
    /// The first address of an item.
    Start(ItemId),
    /// One past the last address of an item.
    End(ItemId),
    /// The slots of a fixed window.
    Slots(ItemId),
}

/// A node that is needed, and where it is named.
pub(super) type Dependency = (Node, Loc);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Open,
    Done,
}

/// A node whose dependencies are being followed.
struct Frame {
    node: Node,
    needs: Vec<Dependency>,
    /// How many of them have been followed.
    followed: usize,
}

/// Numbers of nodes, without gaps.
struct Numbering {
    lets: usize,
    formats: usize,
    spaces: usize,
    items: usize,
    total: usize,
}

impl Evaluator<'_> {
    /// Gives a node its value, when it has one. All that it needs has been evaluated.
    fn evaluate(&mut self, node: Node) {
        match node {
            Node::Param(at) => self.param(at),
            Node::Let(at) => self.named_value(at),
            Node::Format(at) => self.format(at),
            Node::Bits(id) => self.bits_of(id),
            Node::Paging(id) => self.paging_of(id),
            Node::Exists(id) => self.exists[id.index()] = self.existence(id),
            Node::Family(id) => self.families[id.index()] = self.family(id),
            Node::Start(id) => self.starts[id.index()] = self.start(id),
            Node::End(id) => self.ends[id.index()] = self.end(id),
            Node::Slots(id) => self.slots[id.index()] = self.slots_of(id),
        }
    }

    fn numbering(&self) -> Numbering {
        let lets = self.decls.params.len();
        let formats = lets + self.decls.lets.len();
        let spaces = formats + self.decls.formats.len();
        let items = spaces + 2 * self.decls.spaces.len();
        Numbering {
            lets,
            formats,
            spaces,
            items,
            total: items + 5 * self.decls.items.len(),
        }
    }

    /// Every node, in the order of declaration.
    fn all_nodes(&self) -> Vec<Node> {
        let spaces = (0..).map(SpaceId).take(self.decls.spaces.len());
        let items = (0..).map(ItemId).take(self.decls.items.len());
        let mut nodes: Vec<Node> = Vec::new();
        nodes.extend((0..self.decls.params.len()).map(Node::Param));
        nodes.extend((0..self.decls.lets.len()).map(Node::Let));
        nodes.extend((0..self.decls.formats.len()).map(Node::Format));
        nodes.extend(spaces.flat_map(|id| [Node::Bits(id), Node::Paging(id)]));
        nodes.extend(items.flat_map(|id| {
            [
                Node::Exists(id),
                Node::Family(id),
                Node::Start(id),
                Node::End(id),
                Node::Slots(id),
            ]
        }));
        nodes
    }

    /// Evaluates every node after those that it needs. Nodes that need themselves get a message
    /// and no value.
    pub(super) fn run_graph(&mut self) {
        let numbering = self.numbering();
        let mut states = vec![State::New; numbering.total];
        let mut in_cycle = vec![false; numbering.total];
        for root in self.all_nodes() {
            if states[numbering.of(root)] != State::New {
                continue;
            }
            states[numbering.of(root)] = State::Open;
            let mut stack = vec![self.frame(root)];
            while let Some(frame) = stack.last_mut() {
                let Some(&(need, _)) = frame.needs.get(frame.followed) else {
                    let node = frame.node;
                    stack.pop();
                    states[numbering.of(node)] = State::Done;
                    if !in_cycle[numbering.of(node)] {
                        self.evaluate(node);
                    }
                    continue;
                };
                frame.followed += 1;
                match states[numbering.of(need)] {
                    State::New => {
                        states[numbering.of(need)] = State::Open;
                        stack.push(self.frame(need));
                    }
                    State::Open => self.cycle(need, &stack, &numbering, &mut in_cycle),
                    State::Done => {}
                }
            }
        }
    }

    fn frame(&self, node: Node) -> Frame {
        Frame {
            node,
            needs: self.dependencies(node),
            followed: 0,
        }
    }

    /// The top of the stack needs `first`, which is on the stack.
    fn cycle(
        &mut self,
        first: Node,
        stack: &[Frame],
        numbering: &Numbering,
        in_cycle: &mut [bool],
    ) {
        let at = stack
            .iter()
            .position(|frame| frame.node == first)
            .unwrap_or(0);
        let members = &stack[at..];
        let known = members
            .iter()
            .any(|frame| in_cycle[numbering.of(frame.node)]);
        for frame in members {
            in_cycle[numbering.of(frame.node)] = true;
        }
        if known {
            return;
        }
        let hop = |frame: &Frame| {
            let (_, loc) = frame.needs[frame.followed - 1];
            (self.node_name(frame.node), loc)
        };
        let hops: Vec<(String, Loc)> = members.iter().map(hop).collect();
        self.diagnostics.push(value_cycle::of(&hops));
    }

    /// What a node is called in messages.
    fn node_name(&self, node: Node) -> String {
        let item = |id: ItemId| &self.decls.items[id.index()].name.text;
        let space = |id: SpaceId| &self.decls.spaces[id.index()].what.name.text;
        match node {
            Node::Param(at) => format!("`{}`", self.decls.params[at].what.name.text),
            Node::Let(at) => format!("`{}`", self.decls.lets[at].what.name.text),
            Node::Format(at) => format!("`{}`", self.decls.formats[at].what.name.text),
            Node::Bits(id) => format!("the width of `{}`", space(id)),
            Node::Paging(id) => format!("the format of `{}`", space(id)),
            Node::Exists(id) => format!("whether `{}` exists", item(id)),
            Node::Family(id) => format!("the members of `{}`", item(id)),
            Node::Start(id) => format!("`{}.start`", item(id)),
            Node::End(id) => format!("`{}.end`", item(id)),
            Node::Slots(id) => format!("the slots of `{}`", item(id)),
        }
    }
}

impl Numbering {
    fn of(&self, node: Node) -> usize {
        let item = |id: ItemId, which: usize| self.items + 5 * id.index() + which;
        match node {
            Node::Param(at) => at,
            Node::Let(at) => self.lets + at,
            Node::Format(at) => self.formats + at,
            Node::Bits(id) => self.spaces + 2 * id.index(),
            Node::Paging(id) => self.spaces + 2 * id.index() + 1,
            Node::Exists(id) => item(id, 0),
            Node::Family(id) => item(id, 1),
            Node::Start(id) => item(id, 2),
            Node::End(id) => item(id, 3),
            Node::Slots(id) => item(id, 4),
        }
    }
}
