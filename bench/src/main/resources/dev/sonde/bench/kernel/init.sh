#!/bin/busybox sh
# The first process of a virtual machine: runs /command within the host's files, which are read-only but for /run.
alias b=/bin/busybox
b mount -t proc proc /proc
b mount -t sysfs sys /sys
b mount -t devtmpfs dev /dev
for module in $(b cat /modules); do
    b insmod "/$module.ko"
done
b mount -t 9p -o trans=virtio,version=9p2000.L,ro,msize=512000,cache=loose host /host
for folder in proc sys dev; do
    b mount -o bind "/$folder" "/host/$folder"
done
b mount -t tmpfs run /host/run
export PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/run
b echo "kernel $(b uname -r)"
b chroot /host sh -c "$(b cat /command)"
b poweroff -f
