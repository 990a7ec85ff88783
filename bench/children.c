// Short-lived children, one after the other, for bench/children.sh: "children 200000".

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    long count = argc > 1 ? atol(argv[1]) : 0;
    for (long i = 0; i < count; i++) {
        int pid = fork();
        if (pid < 0) {
            perror("children: fork");
            return 1;
        }
        if (pid == 0) {
            volatile double value = 1;
            for (int k = 0; k < 20000; k++)
                value = value * 1.0000001;
            _exit(0);
        }
        waitpid(pid, NULL, 0);
    }
    return 0;
}
