; The ranges of a file that do not parse.
;
; Captures
;   @error    source that fits no rule of the grammar
;   @missing  a token that the grammar expects and the source lacks

(ERROR) @error
(MISSING) @missing
