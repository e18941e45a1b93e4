//go:build !go1.22

package main

import "go/types"

// Before Go 1.22 go/types had no aliases of its own.
func unalias(typ types.Type) types.Type { return typ }
