// Computes in C.
package main

/*
static __thread long counters[5];

static long spin(long turns) {
	for (long i = 0; i < turns; i++)
		counters[i % 5] += i;
	return counters[0];
}
*/
import "C"

var sink C.long

func main() {
	for {
		sink += C.spin(100000)
	}
}
