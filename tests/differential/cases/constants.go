// Constants: exact arithmetic, iota, typed and untyped, shifts, conversions, escapes, lengths.
package main

import (
	"math"
	"time"
	"unsafe"
)

type Weekday int

const (
	Sunday Weekday = iota
	Monday
	_
	Wednesday
	a, b = iota, iota * 10
	c, d
)

const (
	KB = 1 << (10 * (iota + 1))
	MB
	GB
)

const (
	x0 = iota + 'a'
	x1
	f0 = iota * 1.5
	f1
	s0 = "s"
	s1
	bits uint8 = ^uint8(iota)
	neg  int8  = ^int8(iota)
)

const (
	huge       = 1 << 200
	small      = huge >> 198
	third      = 1.0 / 3
	one        = third * 3
	integer    = 7 / 2
	float      = 7 / 2.0
	mod        = -7 % 3
	quo        = -7 / 3
	andnot     = 0xff &^ 0x0f
	xor        = 0b1010 ^ 0o17
	legacy     = 0755
	spaced     = 1_000_000
	hexfloat   = 0x1p-2
	hexfloat2  = 0x1.8p1
	exponent   = 1e3
	imaginary  = 2i * 2i
	complexed  = complex(1, 2)
	realpart   = real(complexed)
	imagpart   = imag(3 + 4i)
	rune1      = 'a'
	rune2      = '\n'
	rune3      = '\x41'
	rune4      = '\u00e4'
	rune5      = '\''
	rune6      = '\101'
	text       = "a\tb\"\\\u00e4\U0001F600\x41\101"
	bytes      = "\xff\xfe"
	joined     = "\xe4" + "\xb8\xad"
	raw        = `a\n"b"`
	length     = len("ä\x00")
	length2    = len(text) + len(raw)
	fromint    = string(rune(65))
	shifted    = 1.0 << 3
	typedshift = uint8(1) << 7
	compare    = 1 < 2.5
	strcompare = "a" < "b"
	logic      = compare && !strcompare || false
	maximum    = math.MaxUint64
	pi         = math.Pi
	float32pi  = float32(math.Pi)
	float64x   = float64(0.1)
	converted  = int64(2.0)
	second     = 2 * time.Second
	size       = unsafe.Sizeof(int32(0))
	structsize = unsafe.Sizeof(struct {
		a byte
		b int64
		c bool
	}{})
	aligned          = unsafe.Alignof(int64(0))
	arraylen         = len([...]string{2: "x", "y"})
	ptrlen           = len([10]int{})
	mixed            = 'a' + 1.0
	mixed2           = 1 + 'b'
	typed    Weekday = 3
	typed2           = typed + 1
	typedcmp         = typed == 3
	minimum          = -1 << 63
	smallest         = math.SmallestNonzeroFloat64
	biggest          = math.MaxFloat32
	ch       byte    = 'x'
	u        uint    = 1<<64 - 1
	biggest2         = min(3, 2.5, 'a')
	biggest3         = max("a", "b")
)

var table = [KB / 256][len("abc")]int{}
var inferred = [...]byte{'a', 5: 'b', 'c'}
var nested = [2][]string{{"a"}, {"b", "c"}}
var byName = map[Weekday][3]int{Sunday: {1}, Monday: {2: 3}}

func shifts(n uint, w int64) {
	var i int64 = 1 << n
	var f = float64(1 << 3)
	u := 1 << n
	_ = uint8(1)<<n == 2
	_ = 1<<n == w
	_ = w + 1<<n
	k := make([]byte, 1<<n)
	_ = k[1<<n]
	w <<= 2
	w >>= n
	var g uint64 = 1<<n + 1<<3
	_, _, _, _ = i, f, u, g
	var any1 any = 1 << n
	_ = any1
	_ = []int8{1 << n, 1}
	_ = ^1 << n
}

func locals() {
	const (
		p = iota + length
		q
		r = "r"
	)
	const s, t = p + 1, q == 3
	type word uint16
	const top word = 1<<16 - 1
	var arr [q]word
	_ = arr[p-p]
	_ = top
	_, _ = s, t
	if x := 3; x == p || t {
		var d time.Duration = 5 * time.Millisecond
		d += 10
		d = -1
		d = d * 3 / 2
		_ = d
	}
	var e interface{} = 'x'
	_ = e == 1
	_ = e == "s"
	_ = e != nil
	switch e {
	case 1, "a", nil, 2.5:
	}
	switch w := Weekday(1); w {
	case 0, Monday:
	case 5:
	}
	switch {
	case 1 < 2, p == 3:
	}
	print(1, 'a', "s", 1.5)
	var b byte = "abc"[1]
	b -= 'a'
	_ = "abc"[1:2]
	_ = string("x") + string(rune('a')) + string([]byte("abc"))
	_ = []byte("x")
	_ = []rune("x")
	_ = append([]byte{}, "abc"...)
	_ = copy([]byte{}, "abc")
	_ = -b
	_ = +1.5
	_ = !true
	_ = ^7
	_ = float32(1) * 2
	_ = complex(1.5, 2) * 2
	var cf complex64
	_ = real(cf) + 1
	_ = imag(cf) * 'a'
	_ = cf == 1
	f := func(x ...float64) (int8, string) { return 1, "x" }
	_, _ = f(1, 2, 'a')
	m := map[byte]float32{'a': 1, 2: 'c'}
	m['b'] = 2
	m[1]++
	delete(m, 1)
	ch := make(chan uint16, 3)
	ch <- 7
	for i := range 10 {
		_ = i + 1
	}
	for i, c := range "abc" {
		_, _ = i == 1, c == 'x'
	}
	var i8 int8
	for i8 = 0; i8 < 10; i8++ {
	}
	_ = min(i8, 3)
	_ = max(2, 3, i8)
	_ = max(2, 3.5)
	_ = [...]string{2: "a", 0: "b"}
	_ = new(int)
	panic("x" + "y")
}

func main() {
	shifts(1, 2)
	locals()
}
