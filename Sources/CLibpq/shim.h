#include <libpq-fe.h>
#include <spawn.h>

/* GNU extensions that Swift's Glibc module leaves out. The embedded server is started with them. */
extern int pipe2(int descriptors[2], int flags);
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *actions, const char *path);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int first);
enum { POSIX_SPAWN_IN_NEW_SESSION = 0x80 };
