use std::collections::HashMap;

fn work(n: u64) -> u64 {
    let mut counts = HashMap::new();
    for i in 0..n {
        *counts.entry(i % 97).or_insert(0u64) += i;
    }
    counts.values().sum()
}

fn main() {
    let mut sum = 0u64;
    loop {
        sum = sum.wrapping_add(work(10000));
        if sum == 1 {
            println!("{sum}");
        }
    }
}
