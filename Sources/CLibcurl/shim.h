// curl_easy_setopt is variadic, which Swift cannot call: one function per kind of argument instead. The type checks are
// macros, which inline functions neither need nor can use.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

static inline CURLcode postern_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

// For sizes, which are 64 bits wide everywhere.
static inline CURLcode postern_curl_set_size(CURL *handle, CURLoption option, long long value) {
    return curl_easy_setopt(handle, option, (curl_off_t)value);
}

static inline CURLcode postern_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

// For bytes, lists and the argument of callbacks.
static inline CURLcode postern_curl_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode postern_curl_set_receiver(CURL *handle, CURLoption option, curl_write_callback receiver) {
    return curl_easy_setopt(handle, option, receiver);
}

static inline CURLMcode postern_curl_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

static inline long postern_curl_info_long(CURL *handle, CURLINFO info) {
    long value = 0;
    return curl_easy_getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

// Nothing but HTTP, in the words of the version at hand (CURLOPT_PROTOCOLS_STR is as new as 7.85).
static inline CURLcode postern_curl_allow_http_only(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075500
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    return curl_easy_setopt(handle, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
}

// A name that is still being looked up does not hold up the thread that has stopped waiting for it (7.87 and later;
// older versions wait for the resolver).
static inline CURLcode postern_curl_leave_resolver_behind(CURL *handle) {
#if LIBCURL_VERSION_NUM >= 0x075700
    return curl_easy_setopt(handle, CURLOPT_QUICK_EXIT, 1L);
#else
    (void)handle;
    return CURLE_OK;
#endif
}

// CURLVERSION_NOW is a macro of an enumerator, which Swift does not import.
static inline const curl_version_info_data *postern_curl_version(void) { return curl_version_info(CURLVERSION_NOW); }

// The constant is a cast macro, which Swift does not import.
static inline CURLcode postern_curl_start(void) { return curl_global_init(CURL_GLOBAL_ALL); }

// AWS Signature Version 4 came with 7.75; what a request holds besides is only signed since 7.87.
static inline CURLcode postern_curl_sign_for_aws(CURL *handle, const char *scope) {
#if LIBCURL_VERSION_NUM >= 0x074b00
    return curl_easy_setopt(handle, CURLOPT_AWS_SIGV4, scope);
#else
    (void)handle;
    (void)scope;
    return CURLE_NOT_BUILT_IN;
#endif
}
