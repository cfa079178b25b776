function work(n) {
  let length = 0;
  for (let i = 0; i < n; i++) {
    length += JSON.stringify({ a: i }).length;
  }
  return length;
}

function down(depth) {
  return depth ? down(depth - 1) + 1 : work(500);
}

for (;;) {
  down(20);
}
