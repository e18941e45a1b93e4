package main

import (
	"fmt"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

const (
	maxCalls = 5
	maxDepth = 4
	maxSeen  = 100_000
)

// frame is a function as the chain entered it, by a call of the frame above. One without a call is the first, or broken:
// who called it is not known.
type frame struct {
	fn     *ssa.Function
	call   ssa.CallInstruction
	up     *frame
	broken bool
	depth  int
}

type entered struct {
	fn   *ssa.Function
	call ssa.CallInstruction
	up   *frame
}

// frames are those off the chain, one for each way into a function: what calls give back is looked for inside of them.
var frames = map[entered]*frame{}

func inside(fn *ssa.Function, call ssa.CallInstruction, up *frame) *frame {
	key := entered{fn, call, up}
	if frames[key] == nil {
		made := &frame{fn: fn, call: call, up: up, broken: call == nil}
		if up != nil {
			made.depth = up.depth + 1
		}
		frames[key] = made
	}
	return frames[key]
}

// value is what was found, with the frame that it was made in.
type value struct {
	ssa.Value
	at *frame
}

type point struct {
	value ssa.Value
	at    *frame
	depth int
}

// walk follows a value back to the functions that it may be, or to values with the method that is called.
// What lies in a container is depth elements deep in it.
type walk struct {
	method     string
	found      []value
	elsewhere  map[string]bool
	first      bool
	parameters bool
	seen       map[point]bool
}

func newWalk(method string) *walk {
	return &walk{method: method, elsewhere: map[string]bool{}, seen: map[point]bool{}}
}

func (w *walk) value(v ssa.Value, at *frame, depth int) {
	if w.seen[point{v, at, depth}] {
		return
	}
	w.seen[point{v, at, depth}] = true
	if depth > maxDepth || len(w.seen) > maxSeen {
		w.open("a way too long")
		return
	}
	if _, isParam := types.Unalias(v.Type()).(*types.TypeParam); depth == 0 && w.method != "" && !isParam && !types.IsInterface(v.Type()) {
		w.found = append(w.found, value{v, at})
		return
	}
	switch v := v.(type) {
	case *ssa.Function:
		w.found = append(w.found, value{v, at})
	case *ssa.MakeClosure:
		w.found = append(w.found, value{v, at})
	case *ssa.Parameter:
		w.parameters = true
		w.parameter(v, at, depth)
	case *ssa.FreeVar:
		w.free(v, at, func(binding ssa.Value, made *frame) { w.value(binding, made, depth) })
	case *ssa.Phi:
		for _, edge := range v.Edges {
			w.value(edge, at, depth)
		}
	case *ssa.ChangeType:
		w.value(v.X, at, depth)
	case *ssa.ChangeInterface:
		w.value(v.X, at, depth)
	case *ssa.Convert:
		w.value(v.X, at, depth)
	case *ssa.MakeInterface:
		w.value(v.X, at, depth)
	case *ssa.TypeAssert:
		w.value(v.X, at, depth)
	case *ssa.Const:
	case *ssa.Slice:
		w.slice(v, at, depth)
	case *ssa.UnOp:
		w.load(v, at, depth)
	case *ssa.Call:
		w.result(v, 0, at, depth)
	case *ssa.Extract:
		switch of := v.Tuple.(type) {
		case *ssa.Call:
			w.result(of, v.Index, at, depth)
		case *ssa.TypeAssert:
			w.value(of.X, at, depth)
		default:
			w.open(fmt.Sprintf("%T", of))
		}
	default:
		w.open(fmt.Sprintf("%T", v))
	}
}

func (w *walk) open(why string) { w.elsewhere[why] = true }

// outside is where a chain begins, or where it is not known who called.
func (w *walk) outside(at *frame) {
	if at.broken {
		w.open("a caller that was not found")
	} else {
		w.first = true
	}
}

func (w *walk) parameter(v *ssa.Parameter, at *frame, depth int) {
	for at != nil && at.fn != v.Parent() {
		at = at.up
	}
	if at == nil || at.call == nil {
		if at == nil {
			w.open("a function off the chain")
		} else {
			w.outside(at)
		}
		return
	}
	index := 0
	for i, one := range at.fn.Params {
		if one == v {
			index = i
		}
	}
	common, args := at.call.Common(), at.call.Common().Args
	switch {
	case common.IsInvoke() && index == 0:
		w.value(common.Value, at.up, depth)
	case common.IsInvoke():
		w.argument(args, index-1, at.up, depth)
	case len(args) == len(at.fn.Params):
		w.argument(args, index, at.up, depth)
	case len(args) == len(at.fn.Params)-1 && index > 0:
		w.argument(args, index-1, at.up, depth)
	case len(args) == len(at.fn.Params)-1:
		w.bound(at, depth)
	default:
		w.open("a call with other arguments")
	}
}

func (w *walk) argument(args []ssa.Value, index int, at *frame, depth int) {
	if index >= len(args) {
		w.open("a call with other arguments")
		return
	}
	w.value(args[index], at, depth)
}

// bound follows the receiver of a method value.
func (w *walk) bound(at *frame, depth int) {
	inner := w.inner(at)
	for _, one := range inner.found {
		if made, ok := one.Value.(*ssa.MakeClosure); ok && len(made.Bindings) == 1 && made.Fn.(*ssa.Function).Object() == at.fn.Object() {
			w.value(made.Bindings[0], one.at, depth)
		}
	}
}

// inner is what the function value is that a frame was entered by.
func (w *walk) inner(at *frame) *walk {
	inner := newWalk("")
	inner.value(at.call.Common().Value, at.up, 0)
	w.parameters = w.parameters || inner.parameters
	w.first = w.first || inner.first
	for why := range inner.elsewhere {
		w.open(why)
	}
	return inner
}

// free follows a variable of a literal to what it was made with.
func (w *walk) free(v *ssa.FreeVar, at *frame, on func(ssa.Value, *frame)) {
	for at != nil && at.fn != v.Parent() {
		at = at.up
	}
	if at == nil || at.call == nil {
		w.open("a literal that is made off the chain")
		return
	}
	index := 0
	for i, one := range at.fn.FreeVars {
		if one == v {
			index = i
		}
	}
	for _, one := range w.inner(at).found {
		if made, ok := one.Value.(*ssa.MakeClosure); ok && made.Fn == at.fn {
			on(made.Bindings[index], one.at)
		}
	}
}

func (w *walk) load(v *ssa.UnOp, at *frame, depth int) {
	if v.Op != token.MUL {
		w.open("a channel")
		return
	}
	switch x := v.X.(type) {
	case *ssa.IndexAddr:
		w.value(x.X, at, depth+1)
	case *ssa.FieldAddr:
		w.open("a field")
	case *ssa.Global:
		w.open("a package variable")
	default:
		w.variable(x, at, depth)
	}
}

// variable follows what is stored in a local variable, by its address.
func (w *walk) variable(address ssa.Value, at *frame, depth int) {
	switch address := address.(type) {
	case *ssa.Alloc:
		w.stored(address, at, depth)
	case *ssa.FreeVar:
		w.free(address, at, func(binding ssa.Value, made *frame) { w.variable(binding, made, depth) })
	default:
		w.open(fmt.Sprintf("through %T", address))
	}
}

// stored follows what is stored at an address, in its function and in the literals that have it.
func (w *walk) stored(address ssa.Value, at *frame, depth int) {
	if w.seen[point{address, at, -1 - depth}] {
		return
	}
	w.seen[point{address, at, -1 - depth}] = true
	for _, use := range *address.Referrers() {
		switch use := use.(type) {
		case *ssa.Store:
			if use.Addr == address {
				w.value(use.Val, at, depth)
			} else {
				w.open("an address")
			}
		case *ssa.MakeClosure:
			for i, binding := range use.Bindings {
				if fn := use.Fn.(*ssa.Function); binding == address && i < len(fn.FreeVars) {
					w.stored(fn.FreeVars[i], inside(fn, nil, nil), depth)
				}
			}
		case *ssa.UnOp, *ssa.DebugRef, *ssa.Slice:
		case *ssa.IndexAddr:
			if depth > 0 {
				w.stored(use, at, depth-1)
			}
		default:
			w.open(fmt.Sprintf("an address that goes to %T", use))
		}
	}
}

func (w *walk) slice(v *ssa.Slice, at *frame, depth int) {
	if alloc, ok := v.X.(*ssa.Alloc); ok {
		w.stored(alloc, at, depth)
		return
	}
	w.value(v.X, at, depth)
}

// result follows what a call gives back into the function that it names.
func (w *walk) result(call *ssa.Call, index int, at *frame, depth int) {
	if builtin, ok := call.Call.Value.(*ssa.Builtin); ok && builtin.Name() == "append" {
		for _, arg := range call.Call.Args {
			w.value(arg, at, depth)
		}
		return
	}
	callee := call.Call.StaticCallee()
	if callee == nil || len(callee.Blocks) == 0 || at.depth >= maxCalls || callee.Origin() != nil && callee.Origin() != callee {
		w.open("a result")
		return
	}
	within := inside(callee, call, at)
	for _, block := range callee.Blocks {
		if back, ok := block.Instrs[len(block.Instrs)-1].(*ssa.Return); ok {
			w.value(back.Results[index], within, depth)
		}
	}
}

type answer int

const (
	no answer = iota
	yes
	maybe
)

// is tells whether what was found is what a hop goes to.
func is(one value, target *ssa.Function, call *ssa.CallCommon, w *walk) answer {
	if w.method == "" {
		fn, _ := one.Value.(*ssa.Function)
		if made, ok := one.Value.(*ssa.MakeClosure); ok {
			fn = made.Fn.(*ssa.Function)
		}
		if fn.Origin() != nil {
			fn = fn.Origin()
		}
		if fn == target || fn.Object() != nil && (fn.Object() == target.Object() || plain(fn.Object().(*types.Func).FullName()) == plain(target.String())) {
			return yes
		}
		if method, ok := fn.Object().(*types.Func); ok && method.Signature().Recv() != nil && types.IsInterface(method.Signature().Recv().Type()) {
			return maybe
		}
		return no
	}
	selection := types.NewMethodSet(one.Value.Type()).Lookup(call.Method.Pkg(), w.method)
	if selection == nil {
		return no
	}
	method := selection.Obj().(*types.Func)
	if plain(method.FullName()) == plain(target.String()) || method.Origin() == target.Object() {
		return yes
	}
	if types.IsInterface(method.Signature().Recv().Type()) {
		return maybe
	}
	return no
}
