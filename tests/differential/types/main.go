// Prints what go/types finds in packages: the type of every expression and the callee of every call.
//
//	go list -deps -json=... PATTERNS | types DIRECTORY...
//
// The packages are type-checked from their sources in the order of the list; those whose directory is, or lies below,
// one of the arguments are printed. Rows are separated by tabs:
//
//	P  import path
//	X  an error in it
//	F  file
//	E  line  column  kind  ordinal  type  constant value  mode
//	C  line  column  ordinal  callee
//	K  line  column  type  value of a declared constant
//
// The place of a node is its start; since nodes may start at the same place, the ordinal counts those of its kind that
// follow it down its left edge. Aliases are resolved, so that a type has one text. Compiles with Go 1.19.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
)

type listed struct {
	ImportPath string
	Dir        string
	GoFiles    []string
	ImportMap  map[string]string
	Module     *struct{ GoVersion string }
}

type importer struct {
	loaded map[string]*types.Package
	names  map[string]string
}

func (i importer) Import(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	if mapped, ok := i.names[path]; ok {
		path = mapped
	}
	if found := i.loaded[path]; found != nil {
		return found, nil
	}
	return nil, fmt.Errorf("package %s is not in the list", path)
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	fset := token.NewFileSet()
	loaded := map[string]*types.Package{}
	decoder := json.NewDecoder(os.Stdin)
	for {
		var p listed
		if err := decoder.Decode(&p); err == io.EOF {
			break
		} else if err != nil {
			panic(err)
		}
		if p.ImportPath == "unsafe" {
			continue
		}
		wanted := below(p.Dir, os.Args[1:])
		if wanted {
			fmt.Fprintf(out, "P\t%s\n", p.ImportPath)
		}
		report := func(err error) {
			if wanted {
				fmt.Fprintf(out, "X\t%s\n", strings.NewReplacer("\n", " ", "\t", " ").Replace(err.Error()))
			}
		}
		var files []*ast.File
		for _, name := range p.GoFiles {
			file, err := parser.ParseFile(fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				report(err)
			}
			files = append(files, file)
		}
		config := types.Config{
			Importer:         importer{loaded, p.ImportMap},
			IgnoreFuncBodies: !wanted,
			Sizes:            types.SizesFor("gc", "amd64"),
			Error:            report,
		}
		info := &types.Info{
			Defs:       map[*ast.Ident]types.Object{},
			Types:      map[ast.Expr]types.TypeAndValue{},
			Uses:       map[*ast.Ident]types.Object{},
			Selections: map[*ast.SelectorExpr]*types.Selection{},
		}
		pkg, _ := config.Check(p.ImportPath, fset, files, info)
		loaded[p.ImportPath] = pkg
		if wanted {
			w := &writer{out: out, fset: fset, info: info}
			for _, file := range files {
				w.file(file)
			}
		}
	}
}

func below(dir string, roots []string) bool {
	for _, root := range roots {
		if dir == root || strings.HasPrefix(dir, strings.TrimSuffix(root, "/")+"/") {
			return true
		}
	}
	return false
}

type writer struct {
	out  *bufio.Writer
	fset *token.FileSet
	info *types.Info
}

func (w *writer) file(file *ast.File) {
	fmt.Fprintf(w.out, "F\t%s\n", w.fset.PositionFor(file.Package, false).Filename)
	ast.Inspect(file, func(n ast.Node) bool {
		if ident, ok := n.(*ast.Ident); ok {
			if c, ok := w.info.Defs[ident].(*types.Const); ok && ident.Name != "_" {
				pos := w.fset.PositionFor(ident.Pos(), false)
				fmt.Fprintf(w.out, "K\t%d\t%d\t%s\t%s\n", pos.Line, pos.Column, text(c.Type(), 0), exact(c.Val()))
			}
		}
		return true
	})
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Body != nil {
				ast.Inspect(decl.Body, w.visit)
			}
		case *ast.GenDecl:
			if decl.Tok == token.VAR {
				for _, spec := range decl.Specs {
					for _, value := range spec.(*ast.ValueSpec).Values {
						ast.Inspect(value, w.visit)
					}
				}
			}
		}
	}
}

func (w *writer) visit(n ast.Node) bool {
	if array, ok := n.(*ast.ArrayType); ok {
		ast.Inspect(array.Elt, w.visit) // its length is no value
		return false
	}
	e, ok := n.(ast.Expr)
	if !ok {
		return true
	}
	k := kind(e)
	tv, ok := w.info.Types[e]
	if k == "" || !ok {
		return true
	}
	pos := w.fset.PositionFor(e.Pos(), false)
	if call, ok := e.(*ast.CallExpr); ok {
		fmt.Fprintf(w.out, "C\t%d\t%d\t%d\t%s\n", pos.Line, pos.Column, ordinal(e), w.callee(call))
	}
	if tv.IsValue() || tv.IsVoid() {
		typ := tv.Type
		if tuple, ok := typ.(*types.Tuple); ok && k != "Call" && tuple.Len() == 2 {
			typ = tuple.At(0).Type() // the comma-ok form
		}
		value := ""
		if tv.Value != nil {
			value = exact(tv.Value)
		}
		fmt.Fprintf(w.out, "E\t%d\t%d\t%s\t%d\t%s\t%s\t%s\n", pos.Line, pos.Column, k, ordinal(e), text(typ, 0), value, mode(tv))
	}
	return true
}

func mode(tv types.TypeAndValue) string {
	switch {
	case tv.IsVoid():
		return "no value"
	case tv.IsNil():
		return "nil"
	case tv.Value != nil:
		return "constant"
	case tv.Addressable():
		return "variable"
	case tv.Assignable():
		return "map index"
	case tv.HasOk():
		return "comma ok"
	}
	return "value"
}

func exact(v constant.Value) string {
	if v.Kind() == constant.String {
		return strconv.QuoteToASCII(constant.StringVal(v))
	}
	return v.ExactString()
}

func kind(e ast.Expr) string {
	switch e.(type) {
	case *ast.Ident:
		return "Ident"
	case *ast.BasicLit:
		return "BasicLit"
	case *ast.CompositeLit:
		return "CompositeLit"
	case *ast.FuncLit:
		return "FuncLit"
	case *ast.SelectorExpr:
		return "Selector"
	case *ast.IndexExpr, *ast.IndexListExpr:
		return "Index"
	case *ast.SliceExpr:
		return "SliceExpr"
	case *ast.TypeAssertExpr:
		return "TypeAssert"
	case *ast.CallExpr:
		return "Call"
	case *ast.StarExpr:
		return "Star"
	case *ast.UnaryExpr:
		return "Unary"
	case *ast.BinaryExpr:
		return "Binary"
	}
	return ""
}

func ordinal(e ast.Expr) int {
	k, count := kind(e), 0
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
			continue
		case *ast.SelectorExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.TypeAssertExpr:
			e = x.X
		case *ast.CallExpr:
			e = x.Fun
		case *ast.BinaryExpr:
			e = x.X
		case *ast.CompositeLit:
			e = x.Type
		default:
			return count
		}
		for paren, ok := e.(*ast.ParenExpr); ok; paren, ok = e.(*ast.ParenExpr) {
			e = paren.X
		}
		if e == nil {
			return count
		}
		if kind(e) == k {
			count++
		}
	}
}

func (w *writer) callee(call *ast.CallExpr) string {
	fun := call.Fun
	for {
		switch x := fun.(type) {
		case *ast.ParenExpr:
			fun = x.X
			continue
		case *ast.IndexExpr:
			if _, generic := w.generic(x.X); generic {
				fun = x.X
				continue
			}
		case *ast.IndexListExpr:
			fun = x.X
			continue
		}
		break
	}
	tv := w.info.Types[call.Fun]
	if tv.IsType() {
		return "conversion"
	}
	if tv.IsBuiltin() {
		return "builtin"
	}
	if _, ok := fun.(*ast.FuncLit); ok {
		return "literal"
	}
	if f, ok := w.generic(fun); ok {
		recv := f.Type().(*types.Signature).Recv()
		if recv == nil {
			return "static " + f.Pkg().Path() + "." + f.Name()
		}
		typ, star := unalias(recv.Type()), ""
		if p, ok := typ.(*types.Pointer); ok {
			typ, star = unalias(p.Elem()), "*"
		}
		if types.IsInterface(typ) {
			return "interface " + f.Name()
		}
		if named, ok := typ.(*types.Named); ok {
			return "static (" + star + qualified(named.Obj()) + ")." + f.Name()
		}
	}
	return "value"
}

func (w *writer) generic(e ast.Expr) (*types.Func, bool) {
	for paren, ok := e.(*ast.ParenExpr); ok; paren, ok = e.(*ast.ParenExpr) {
		e = paren.X
	}
	var obj types.Object
	switch x := e.(type) {
	case *ast.Ident:
		obj = w.info.Uses[x]
	case *ast.SelectorExpr:
		if s := w.info.Selections[x]; s != nil {
			obj = s.Obj()
		} else {
			obj = w.info.Uses[x.Sel]
		}
	}
	f, ok := obj.(*types.Func)
	return f, ok
}

func qualified(obj *types.TypeName) string {
	if obj.Pkg() == nil {
		return obj.Name()
	}
	return obj.Pkg().Path() + "." + obj.Name()
}

func unalias(t types.Type) types.Type {
	for {
		alias, ok := t.(interface{ Rhs() types.Type })
		if !ok {
			return t
		}
		t = alias.Rhs()
	}
}

func text(t types.Type, depth int) string {
	t = unalias(t)
	if depth > 30 {
		return "…"
	}
	depth++
	switch t := t.(type) {
	case *types.Basic:
		switch t.Kind() {
		case types.Uint8:
			return "uint8"
		case types.Int32:
			return "int32"
		case types.UnsafePointer:
			return "unsafe.Pointer"
		}
		return t.Name()
	case *types.Named:
		args := []string{}
		for i := 0; i < t.TypeArgs().Len(); i++ {
			args = append(args, text(t.TypeArgs().At(i), depth))
		}
		if t.TypeArgs().Len() == 0 {
			for i := 0; i < t.TypeParams().Len(); i++ {
				args = append(args, t.TypeParams().At(i).Obj().Name())
			}
		}
		if len(args) > 0 {
			return qualified(t.Obj()) + "[" + strings.Join(args, ",") + "]"
		}
		return qualified(t.Obj())
	case *types.Pointer:
		return "*" + text(t.Elem(), depth)
	case *types.Slice:
		return "[]" + text(t.Elem(), depth)
	case *types.Array:
		return fmt.Sprintf("[%d]", t.Len()) + text(t.Elem(), depth)
	case *types.Map:
		return "map[" + text(t.Key(), depth) + "]" + text(t.Elem(), depth)
	case *types.Chan:
		return []string{"chan ", "chan<- ", "<-chan "}[t.Dir()] + "(" + text(t.Elem(), depth) + ")"
	case *types.Tuple:
		return tuple(t, false, depth)
	case *types.Signature:
		return "func" + tuple(t.Params(), t.Variadic(), depth) + tuple(t.Results(), false, depth)
	case *types.Struct:
		var fields []string
		for i := 0; i < t.NumFields(); i++ {
			f := t.Field(i)
			row := f.Name() + " "
			if f.Embedded() {
				row = "!"
			}
			row += text(f.Type(), depth)
			if t.Tag(i) != "" {
				row += fmt.Sprintf(" %q", t.Tag(i))
			}
			fields = append(fields, row)
		}
		return "struct{" + strings.Join(fields, "; ") + "}"
	case *types.Interface:
		var rows []string
		for i := 0; i < t.NumMethods(); i++ {
			rows = append(rows, t.Method(i).Name()+text(t.Method(i).Type(), depth))
		}
		sort.Strings(rows)
		return "interface{" + strings.Join(rows, "; ") + "}"
	case *types.TypeParam:
		return t.Obj().Name()
	case *types.Union:
		return "union"
	case nil:
		return "none"
	}
	return "?"
}

func tuple(t *types.Tuple, variadic bool, depth int) string {
	var rows []string
	for i := 0; i < t.Len(); i++ {
		row := text(t.At(i).Type(), depth)
		if variadic && i == t.Len()-1 {
			row = "..." + row
		}
		rows = append(rows, row)
	}
	return "(" + strings.Join(rows, ", ") + ")"
}
