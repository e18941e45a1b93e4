; What a function does, in the order of the source.
;
; @call       a call
; @return     a return
; @assign     an assignment: to a variable, or to a field of one
; @init       a variable with its first value
; @loop       a loop
; @break      what leaves a loop: break, goto

(call_expression) @call
(return_statement) @return
(assignment_expression) @assign
(init_declarator) @init
(for_statement) @loop
(while_statement) @loop
(do_statement) @loop
(break_statement) @break
(goto_statement) @break
