// What is moved inside of a container: its elements are what was stored there, whatever else the function that moves them is given.
package main

type shower interface{ show() string }

type apple struct{}
type berry struct{}
type cherry struct{}

func (apple) show() string  { return "apple" }
func (berry) show() string  { return "berry" }
func (cherry) show() string { return "cherry" }

func sort[E any](data []E, less func(a, b E) bool) {
	for i := 1; i < len(data); i++ {
		for j := i; j > 0 && less(data[j], data[j-1]); j-- {
			data[j], data[j-1] = data[j-1], data[j]
		}
	}
}

func reverse(data []shower) {
	swap := func(i, j int) { data[i], data[j] = data[j], data[i] }
	for i := range len(data) / 2 {
		swap(i, len(data)-1-i)
	}
}

// Of another container: what was its, is now of both.
func first(to, from []shower) { to[0] = from[0] }

// Of two containers under one name.
func both(data, other []shower) {
	kept := data
	for i := range kept {
		kept[i] = kept[0]
		kept = other
	}
}

// Of another part of a container of containers.
func across(table map[string][]shower) { table["a"][0] = table["b"][0] }

func less(a, b shower) bool { return a.show() < b.show() }

func apples() []shower {
	list := []shower{apple{}}
	sort(list, less)
	reverse(list)
	return list
}

func berries() []shower {
	list := []shower{berry{}}
	sort(list, less)
	reverse(list)
	return list
}

func main() {
	for _, x := range apples() {
		x.show()
	}
	func() {
		list := berries()
		first(list, []shower{cherry{}})
		for _, x := range list {
			x.show()
		}
	}()
	func() {
		list := make([]shower, 1)
		both([]shower{cherry{}}, list)
		across(map[string][]shower{"a": list, "b": {berry{}}})
		list[0].show()
	}()
}

/*
WANT:
main.apples static main.reverse
main.apples static main.sort
main.berries static main.reverse
main.berries static main.sort
main.less interface (main.apple).show
main.less interface (main.berry).show
main.less interface (main.cherry).show
main.main interface (main.apple).show
main.main static main.apples
main.main static main.main$1
main.main static main.main$2
main.main$1 interface (main.berry).show
main.main$1 interface (main.cherry).show
main.main$1 static main.berries
main.main$1 static main.first
main.main$2 interface (main.berry).show
main.main$2 interface (main.cherry).show
main.main$2 static main.across
main.main$2 static main.both
main.reverse value main.reverse$1
main.sort value main.less
*/
