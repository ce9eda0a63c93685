/* A complete client for the packet door. It says each line that is typed, shows what comes, and leaves
 * at the end of the input:  cc -Wall -Wextra -o packet packet.c && ./packet 30104 ann */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { JOIN = 1, SAY, LEAVE };
struct packet { int type; char name[20], text[1024]; };

int main(int argc, char **argv)
{
    if (argc != 3) return fprintf(stderr, "usage: packet PORT NAME\n"), 2;
    struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(atoi(argv[1])),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct packet in, out = { .type = JOIN };
    snprintf(out.name, sizeof out.name, "%s", argv[2]);
    setvbuf(stdin, NULL, _IONBF, 0);    /* or poll() would not see lines that wait in a buffer */
    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    if (connect(udp, (struct sockaddr *)&server, sizeof server)) return perror("connect"), 1;
    struct pollfd waits[] = { { .fd = 0, .events = POLLIN }, { .fd = udp, .events = POLLIN } };
    for (send(udp, &out, sizeof out, 0); out.type != LEAVE && poll(waits, 2, -1) > 0; fflush(stdout)) {
        if (waits[1].revents && recv(udp, &in, sizeof in, 0) == sizeof in) {
            if (in.type == SAY) printf("%.20s: %.1024s\n", in.name, in.text);
            else printf("* %.20s %s\n", in.name, in.type == JOIN ? "is here" : "has left");
        }
        if (!waits[0].revents) continue;
        out.type = fgets(out.text, sizeof out.text, stdin) ? SAY : LEAVE;
        send(udp, &out, sizeof out, 0);
    }
}
