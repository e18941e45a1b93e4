; What a C file declares.
;
; @function   a function with its body
; @define     an object-like macro
; @macro      a function-like macro

(function_definition) @function
(preproc_def) @define
(preproc_function_def) @macro
