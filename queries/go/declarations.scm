; The top-level declarations of a Go file.
;
; Captures
;   @package     the package name
;   @import      an import spec (its name and path are fields)
;   @func        a function declaration
;   @method      a method declaration
;   @type        a type declaration, with one or more specs
;   @const       a constant declaration, with one or more specs
;   @var         a variable declaration, with one or more specs

(package_clause (package_identifier) @package)
(import_declaration (import_spec) @import)
(import_declaration (import_spec_list (import_spec) @import))
(source_file (function_declaration) @func)
(source_file (method_declaration) @method)
(source_file (type_declaration) @type)
(source_file (const_declaration) @const)
(source_file (var_declaration) @var)

; What stands inside a range that does not parse is still read.
(source_file (ERROR (function_declaration) @func))
(source_file (ERROR (method_declaration) @method))
(source_file (ERROR (type_declaration) @type))
