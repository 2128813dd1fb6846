#include <openssl/evp.h>
#include <openssl/provider.h>
#include <openssl/rand.h>
