// A pointer to a container lies in an interface: methods with a value receiver get what it points to.
package main

import (
	"container/heap"
	"sort"
)

type S interface{ Key() string }

type A1 struct{}

func (A1) Key() string { return "1" }

type A2 struct{}

func (A2) Key() string { return "2" }

type A3 struct{}

func (A3) Key() int { return 3 }

type A4 struct{}

func (A4) Key() string { return "4" }

type queue []S

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].Key() < q[j].Key() }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(S)) }

func (q *queue) Pop() any {
	old := *q
	last := old[len(old)-1]
	*q = old[:len(old)-1]
	return last
}

type numbers []interface{ Key() int }

func (n numbers) Len() int           { return len(n) }
func (n numbers) Less(i, j int) bool { return n[i].Key() < n[j].Key() }
func (n numbers) Swap(i, j int)      { n[i], n[j] = n[j], n[i] }

func main() {
	q := &queue{}
	heap.Push(q, A1{})
	heap.Push(q, A2{})
	println(heap.Pop(q).(S).Key())
	n := &numbers{}
	*n = append(*n, A3{}, A3{})
	sort.Sort(n)
	println(A4{}.Key())
}

/*
WANT:
(main.numbers).Less interface (main.A3).Key
(main.queue).Less interface (main.A1).Key
(main.queue).Less interface (main.A2).Key
main.main interface (main.A1).Key
main.main interface (main.A2).Key
main.main static (main.A4).Key
main.main static container/heap.Pop
main.main static container/heap.Push
main.main static sort.Sort
*/
