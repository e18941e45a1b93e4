// Reads chains of calls and says of each dynamic hop whether the chain itself hands in what it goes to.
//
//	handed PROGRAM CHAINS.json
//
// It follows the operand of the call backwards in SSA form: to the parameters of the function, to what the call before
// on the chain passes for them, and so on. See bench/feasible.py, which makes the chains.
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"log"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

type hop struct {
	Caller, Callee, File string
	Line, Column         int
	Dynamic, Proven      bool
}

var inBrackets = regexp.MustCompile(`\[[^\[\]]*\]`)

// plain is a name without type arguments.
func plain(name string) string {
	for {
		shorter := inBrackets.ReplaceAllString(name, "")
		if shorter == name {
			return name
		}
		name = shorter
	}
}

type place struct {
	file         string
	line, column int
}

// program is the code in SSA form: functions by name, calls by place.
type program struct {
	fset  *token.FileSet
	root  string
	named map[string]*ssa.Function
	calls map[place]ssa.CallInstruction
	real  map[string]string
}

func load(main string) *program {
	config := &packages.Config{Mode: packages.LoadAllSyntax}
	found, err := packages.Load(config, main)
	if err != nil {
		log.Fatal(err)
	}
	if packages.PrintErrors(found) > 0 {
		os.Exit(1)
	}
	built, _ := ssautil.AllPackages(found, 0)
	built.Build()
	root, err := filepath.EvalSymlinks(".")
	if err == nil {
		root, err = filepath.Abs(root)
	}
	if err != nil {
		log.Fatal(err)
	}
	p := &program{built.Fset, root, map[string]*ssa.Function{}, map[place]ssa.CallInstruction{}, map[string]string{}}
	for fn := range ssautil.AllFunctions(built) {
		if fn.Synthetic == "" || fn.Name() == "init" {
			p.enter(fn)
		}
	}
	return p
}

func (p *program) enter(fn *ssa.Function) {
	if origin := fn.Origin(); origin != nil && origin != fn {
		return
	}
	p.named[plain(fn.String())] = fn
	begins := map[token.Pos]token.Pos{}
	if syntax := fn.Syntax(); syntax != nil {
		ast.Inspect(syntax, func(node ast.Node) bool {
			switch node := node.(type) {
			case *ast.CallExpr:
				begins[node.Lparen] = called(node.Fun)
			case *ast.GoStmt:
				begins[node.Go] = called(node.Call.Fun)
			case *ast.DeferStmt:
				begins[node.Defer] = called(node.Call.Fun)
			}
			return true
		})
	}
	for call := range callsOf(fn) {
		if at, ok := begins[call.Pos()]; ok {
			p.calls[p.place(at)] = call
		}
	}
}

// called is where the name of what is called stands, which is a call's place; where it has none, the place is that of the expression.
func called(fun ast.Expr) token.Pos {
	switch fun := ast.Unparen(fun).(type) {
	case *ast.SelectorExpr:
		return fun.Sel.Pos()
	case *ast.IndexExpr:
		return called(fun.X)
	case *ast.IndexListExpr:
		return called(fun.X)
	default:
		return fun.Pos()
	}
}

func callsOf(fn *ssa.Function) func(func(ssa.CallInstruction) bool) {
	return func(yield func(ssa.CallInstruction) bool) {
		for _, block := range fn.Blocks {
			for _, instruction := range block.Instrs {
				if call, ok := instruction.(ssa.CallInstruction); ok && !yield(call) {
					return
				}
			}
		}
	}
}

// place is where something stands, its file by its real path in the tree.
func (p *program) place(pos token.Pos) place {
	at := p.fset.PositionFor(pos, false)
	name, ok := p.real[at.Filename]
	if !ok {
		name = at.Filename
		if real, err := filepath.EvalSymlinks(name); err == nil {
			name = real
		}
		if short, err := filepath.Rel(p.root, name); err == nil {
			name = short
		}
		p.real[at.Filename] = name
	}
	return place{name, at.Line, at.Column}
}

// candidates are the calls that a hop may be: one by its place; in the library those that it may be by its names.
func (p *program) candidates(h hop) []ssa.CallInstruction {
	if h.File != "" {
		if call, ok := p.calls[place{h.File, h.Line, h.Column}]; ok {
			return []ssa.CallInstruction{call}
		}
		return nil
	}
	var out []ssa.CallInstruction
	if fn := p.named[plain(h.Caller)]; fn != nil {
		for call := range callsOf(fn) {
			callee := call.Common().StaticCallee()
			if h.Dynamic && callee == nil || callee != nil && plain(callee.String()) == plain(h.Callee) {
				out = append(out, call)
			}
		}
	}
	return out
}

// target is the function that a hop goes to: the one that the next call stands in, or that of its name.
func (p *program) target(chain []hop, i int) *ssa.Function {
	if i+1 < len(chain) && chain[i+1].File != "" {
		if found := p.candidates(chain[i+1]); len(found) > 0 {
			return found[0].Parent()
		}
	}
	return p.named[plain(chain[i].Callee)]
}

type verdict string

const (
	handedIn  verdict = "handed in"
	anybodys  verdict = "may be anybody's"
	beginning verdict = "a parameter of the first function"
	mismatch  verdict = "MISMATCH"
	unproven  verdict = "of another, and not told as proven"
	unfound   verdict = "not found"
	direct    verdict = "not through a parameter"
)

// check tells of each dynamic hop of a chain what its operand is there.
func (p *program) check(chain []hop, said func(verdict, hop, string)) {
	var at *frame
	for i, h := range chain {
		found := p.candidates(h)
		target := p.target(chain, i)
		if len(found) == 0 || target == nil {
			if h.Dynamic {
				said(unfound, h, "")
			}
			at = &frame{fn: target, broken: true}
			continue
		}
		if at == nil || at.fn != found[0].Parent() {
			at = &frame{fn: found[0].Parent(), broken: at != nil}
		}
		call := found[0]
		if h.Dynamic {
			best, why := unfound, ""
			for _, one := range found {
				if callee := one.Common().StaticCallee(); callee != nil {
					// A variable that holds one literal ever is that literal.
					if best == unfound && plain(callee.String()) == plain(target.String()) {
						best, call = direct, one
					}
					continue
				}
				if now, reason := operand(one, target, at); best == unfound || now == handedIn {
					best, why, call = now, reason, one
				}
				if best == handedIn {
					break
				}
			}
			if best == mismatch && !h.Proven {
				best = unproven
			}
			said(best, h, why)
		}
		at = &frame{fn: target, call: call, up: at}
	}
}

func operand(call ssa.CallInstruction, target *ssa.Function, at *frame) (verdict, string) {
	common := call.Common()
	method := ""
	if common.IsInvoke() {
		method = common.Method.Name()
	}
	w := newWalk(method)
	w.value(common.Value, at, 0)
	matched := false
	for _, one := range w.found {
		switch is(one, target, common, w) {
		case yes:
			matched = true
		case maybe:
			w.elsewhere["an embedded interface"] = true
		}
	}
	switch {
	case !w.parameters:
		return direct, ""
	case matched:
		return handedIn, ""
	case w.first:
		return beginning, ""
	case len(w.elsewhere) > 0:
		return anybodys, slices.Sorted(maps.Keys(w.elsewhere))[0]
	}
	text := ""
	for _, one := range w.found {
		text += " " + one.String()
	}
	return mismatch, text
}

func main() {
	log.SetFlags(0)
	data, err := os.ReadFile(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	var chains [][]hop
	if err := json.Unmarshal(data, &chains); err != nil {
		log.Fatal(err)
	}
	p := load(os.Args[1])
	counts, reasons, checked := map[verdict]int{}, map[string]int{}, 0
	for number, chain := range chains {
		through := false
		p.check(chain, func(v verdict, h hop, why string) {
			counts[v]++
			through = through || v == handedIn
			switch v {
			case anybodys:
				reasons[why]++
			case mismatch, unfound:
				fmt.Printf("%s: chain %d, %s:%d:%d %s -> %s:%s\n", v, number, h.File, h.Line, h.Column, h.Caller, h.Callee, why)
			}
		})
		if through {
			checked++
		}
	}
	fmt.Printf("%d chains; %d of them have a hop that they hand in themselves\n", len(chains), checked)
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("%6d hops: %s\n", counts[v], v)
	}
	for _, why := range slices.Sorted(maps.Keys(reasons)) {
		fmt.Printf("%6d of those that may be anybody's: %s\n", reasons[why], why)
	}
}
