// A context of signals says which signal it was that ended it.
// go 1.20
package main

import (
	"context"
	"os"
	"os/signal"
)

func cause(parent context.Context) string {
	ctx, stop := signal.NotifyContext(parent, os.Interrupt)
	defer stop()
	return context.Cause(ctx).Error()
}

func main() {
	println(cause(context.Background()))
}

/*
WANT:
main.cause interface (*errors.errorString).Error
main.cause interface (context.deadlineExceededError).Error
main.cause interface (os/signal.signalError).Error
main.cause static context.Cause
main.cause static os/signal.NotifyContext
main.cause value (*os/signal.signalCtx).stop
main.main static context.Background
main.main static main.cause
*/
