; What a declaration can do without when only its facts are kept.
;
; Captures
;   @comment  a comment
;   @tag      the tag of a struct field

(comment) @comment
(field_declaration tag: (_) @tag)
