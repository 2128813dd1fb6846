#pragma once

#include <spawn.h>

// Of the C library since 2.34, behind a macro that its Swift module is built without.
extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
