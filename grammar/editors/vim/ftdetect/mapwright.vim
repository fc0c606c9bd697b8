autocmd BufNewFile,BufRead *.layout setfiletype mapwright | setlocal commentstring=//\ %s
