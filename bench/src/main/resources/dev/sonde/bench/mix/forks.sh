while :; do
    for i in 1 2 3 4 5; do "$1" & done
    wait
done
