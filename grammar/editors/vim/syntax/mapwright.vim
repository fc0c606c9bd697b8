" Vim syntax file for Mapwright layouts.
" Copy the directories `syntax` and `ftdetect` to ~/.vim, or ~/.config/nvim.

if exists('b:current_syntax')
  finish
endif

syntax case match

syntax keyword layoutItem use config boot assume let enum paging space split segment assert expect layout export
syntax keyword layoutPlace zone reserve device window guard hole area
syntax keyword layoutClause address physical entry reserved level va leaf
syntax keyword layoutJoint std in step bits bytes to at repeat from or of per alias because covers all via when optional with
syntax keyword layoutTarget pages slots fixed table tables dynamic fault
syntax keyword layoutConditional if else
syntax keyword layoutBoolean true false
syntax keyword layoutKind addr size int bool version
syntax keyword layoutFunction min max align_up align_down ceil_div log2 index

" Attributes and their words are names elsewhere.
syntax match layoutAttribute /\%([{,]\_s*\)\@<=\(access\|tables\|global\|guard\|page\|grows\|everywhere\|cache\|backing\|fallback\|reach\|unreached\|needed\|map\|base\|limit\|dpl\)\ze\s*\([:,}]\|because\>\)/
syntax match layoutValue /\%(:\s*\)\@<=\(user\|supervisor\|none\|shared\|per_process\|up\|down\|write_back\|write_through\|uncached\|write_combining\|anon\|file\|never\)\>/
syntax match layoutField /\.\(start\|end\|last\|size\|pages\|page\)\>/

syntax match layoutNumber /\<\d[0-9_]*[KMGTPE]\?\>/
syntax match layoutNumber /\<0x_*\x[0-9A-Fa-f_]*\>/
syntax match layoutNumber /\<0b_*[01][01_]*\>/
syntax match layoutNumber /\<0o_*\o[0-7_]*\>/
syntax match layoutVersion /\<v\d\+\(\.\d\+\)\{0,3}\(-\w\+\)*\>/
syntax match layoutOperator /->\|\.\.=\?\|<<\|>>\|&&\|||\|[=!<>]=/

syntax match layoutEscape contained /\\["\\]/
syntax region layoutText start=/"/ skip=/\\["\\]/ end=/"\|$/ contains=layoutEscape

syntax match layoutComment /\/\/.*$/ contains=layoutTodo,@Spell
syntax match layoutDoc /\/\/\/\/\@!.*$/ contains=@Spell
syntax match layoutDoc /\/\/!.*$/ contains=@Spell
syntax keyword layoutTodo contained FIXME XXX NOTE

highlight default link layoutItem Keyword
highlight default link layoutPlace Structure
highlight default link layoutClause Keyword
highlight default link layoutJoint Statement
highlight default link layoutTarget Type
highlight default link layoutConditional Conditional
highlight default link layoutBoolean Boolean
highlight default link layoutKind Type
highlight default link layoutFunction Function
highlight default link layoutAttribute Identifier
highlight default link layoutValue Constant
highlight default link layoutField Identifier
highlight default link layoutNumber Number
highlight default link layoutVersion Number
highlight default link layoutOperator Operator
highlight default link layoutEscape SpecialChar
highlight default link layoutText String
highlight default link layoutComment Comment
highlight default link layoutDoc SpecialComment
highlight default link layoutTodo Todo

let b:current_syntax = 'mapwright'
