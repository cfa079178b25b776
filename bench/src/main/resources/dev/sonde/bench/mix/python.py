def work(n):
    return sum(i * i for i in range(n))


def down(depth):
    return work(2000) if depth == 0 else down(depth - 1)


while True:
    down(30)
