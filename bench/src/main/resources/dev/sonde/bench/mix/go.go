// Sorts on four goroutines and allocates, so that the collector runs.
package main

import "sort"

func work(n int) int {
	numbers := make([]int, n)
	for i := range numbers {
		numbers[i] = (i * 7919) % n
	}
	sort.Ints(numbers)
	return numbers[n/2]
}

func main() {
	for i := 0; i < 4; i++ {
		go func() {
			for {
				work(10000)
			}
		}()
	}
	for {
		work(100)
	}
}
