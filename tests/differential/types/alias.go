//go:build go1.22

package main

import "go/types"

func unalias(typ types.Type) types.Type { return types.Unalias(typ) }
