// What a C library does with WASI: streams, files, directories, time, and the errors that go with them.
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static void files(void) {
    FILE *file = fopen("/c-file", "w+");
    assert(file && fprintf(file, "%d %s\n", 42, "text") == 8);
    rewind(file);
    int number;
    char word[8];
    assert(fscanf(file, "%d %7s", &number, word) == 2 && number == 42 && strcmp(word, "text") == 0);
    assert(fclose(file) == 0);
    struct stat attributes;
    assert(stat("/c-file", &attributes) == 0 && attributes.st_size == 8 && S_ISREG(attributes.st_mode));
    int fd = open("/c-file", O_RDONLY);
    assert(fd > 3 && write(fd, "x", 1) == -1 && errno == EBADF);
    assert(lseek(fd, -3, SEEK_END) == 5 && read(fd, word, 8) == 3 && close(fd) == 0);
    assert(symlink("c-file", "/c-link") == 0 && readlink("/c-link", word, sizeof word) == 6);
    assert(unlink("/c-link") == 0 && unlink("/c-file") == 0);
    assert(open("/c-file", O_RDONLY) == -1 && errno == ENOENT);
}

static void directories(void) {
    assert(mkdir("/c-dir", 0777) == 0 && mkdir("/c-dir", 0777) == -1 && errno == EEXIST);
    assert(close(open("/c-dir/one", O_CREAT | O_WRONLY, 0666)) == 0);
    assert(rmdir("/c-dir") == -1 && errno == ENOTEMPTY);
    DIR *dir = opendir("/c-dir");
    int count = 0;
    while (readdir(dir)) count++;
    assert(count == 3 && closedir(dir) == 0);
    assert(open("/c-dir/../../etc/passwd", O_RDONLY) == -1);
    assert(unlink("/c-dir/one") == 0 && rmdir("/c-dir") == 0);
}

static void waiting(void) {
    struct timespec start, end, pause = {0, 20000000};
    assert(clock_gettime(CLOCK_MONOTONIC, &start) == 0 && nanosleep(&pause, 0) == 0);
    assert(clock_gettime(CLOCK_MONOTONIC, &end) == 0);
    assert((end.tv_sec - start.tv_sec) * 1000000000LL + end.tv_nsec - start.tv_nsec >= 20000000);
    struct pollfd output = {1, POLLOUT, 0};
    assert(poll(&output, 1, -1) == 1 && output.revents == POLLOUT);
    unsigned char bytes[64] = {0}, none[64] = {0};
    assert(getentropy(bytes, sizeof bytes) == 0 && memcmp(bytes, none, sizeof bytes) != 0);
}

// Answers one caller with what it says, backwards. The listener is the first descriptor behind that of the directory.
static int serve(void) {
    int connection = accept(4, 0, 0);
    char bytes[64];
    ssize_t count = 0, more;
    assert(connection > 4);
    while ((more = recv(connection, bytes + count, sizeof bytes - count, 0)) > 0) count += more;
    while (count > 0) assert(send(connection, &bytes[--count], 1, 0) == 1);
    return shutdown(connection, SHUT_RDWR);
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "serve") == 0) return serve();
    assert(count == 2 && strcmp(arguments[1], "argument") == 0);
    assert(strcmp(getenv("NAME"), "value") == 0);
    files();
    directories();
    waiting();
    char line[32];
    assert(fgets(line, sizeof line, stdin));
    printf("libc ok: %s", line);
    return 7;
}
