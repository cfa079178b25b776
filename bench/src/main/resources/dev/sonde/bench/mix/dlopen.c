/* Loads a library, computes in it and unloads it, without end. */
#include <dlfcn.h>

static volatile double sink = 0.5;

int main(void) {
    for (;;) {
        void *library = dlopen("libm.so.6", RTLD_NOW);
        double (*gamma)(double) = (double (*)(double))dlsym(library, "lgamma");

        if (!gamma)
            return 1;
        for (int i = 0; i < 2000; i++)
            sink = gamma(sink + 1.25);
        sink = 0.5;
        dlclose(library);
    }
}
