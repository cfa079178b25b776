// Asks for the time, without end: the runtime goes to the thread's stack for it.
package main

import "time"

var sink int64

//go:noinline
func wall(turns int) {
	for i := 0; i < turns; i++ {
		sink += time.Now().UnixNano()
	}
}

//go:noinline
func monotonic(turns int) {
	start := time.Now()
	for i := 0; i < turns; i++ {
		sink += int64(time.Since(start))
	}
}

func main() {
	for {
		wall(1000)
		monotonic(1000)
	}
}
