/* SPDX-License-Identifier: BSD-2-Clause */
/* The counters: the maps' memory, shared with the kernel's side; or this process's own. */
#include "private.h"
#include <bpf/bpf.h>
#include <errno.h>
#include <export.skel.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define RULES_SIZE     (SCRIM_RULE_ROWS * sizeof(struct scrim_rule_row))
#define FLOW_SIZE      (FLOW_COUNT * sizeof(struct scrim_flow_row))
#define LISTENERS_SIZE (SCRIM_LISTENER_ROWS * sizeof(struct scrim_listener_row))

static const char *const flow_names[] = {
#define X(symbol, name, what) name,
	SCRIM_FLOW(X)
#undef X
};

static void name_flow(struct scrim_flow_row *flow)
{
	for (size_t i = 0; i < FLOW_COUNT; i++)
		snprintf(flow[i].name, sizeof(flow[i].name), "%s", flow_names[i]);
}

/* NULL on failure. */
static void *map(int fd, size_t size, int prot)
{
	void *p = mmap(NULL, size, prot, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

int rows_map(struct kern *k, struct err *e)
{
	int rules = k->export ? bpf_map__fd(k->export->maps.scrim_rule) : k->memory[0];
	int flow = k->export ? bpf_map__fd(k->export->maps.scrim_flow) : k->memory[1];
	int listeners = k->export ? bpf_map__fd(k->export->maps.scrim_listener) : k->memory[2];

	k->rules = map(rules, RULES_SIZE, PROT_READ | PROT_WRITE);
	k->flow = map(flow, FLOW_SIZE, PROT_READ | PROT_WRITE);
	k->listeners = map(listeners, LISTENERS_SIZE, PROT_READ | PROT_WRITE);
	if (!k->rules || !k->flow || !k->listeners)
		return err_set(e, errno, "mapping the counters: %s", strerror(errno));
	name_flow(k->flow);
	return 0;
}

void rows_unmap(struct kern *k)
{
	if (k->rules)
		munmap(k->rules, RULES_SIZE);
	if (k->flow)
		munmap(k->flow, FLOW_SIZE);
	if (k->listeners)
		munmap(k->listeners, LISTENERS_SIZE);
}

void kern_empty(struct kern *k)
{
	*k = (struct kern){.dir_fd = -1, .alive = {-1, -1}, .memory = {-1, -1, -1}};
}

/* Memory by a descriptor, so that it can be handed on. */
static int make_memory(struct kern *k, const struct kern_handed *from, struct err *e)
{
	const size_t sizes[] = {RULES_SIZE, FLOW_SIZE, LISTENERS_SIZE};
	const int handed[] = {from ? from->fd[KERN_RULES] : -1, from ? from->fd[KERN_FLOW] : -1,
			      from ? from->fd[KERN_LISTENERS] : -1};
	struct stat is;

	for (size_t i = 0; i < array_size(sizes); i++) {
		if (handed[i] >= 0)
			k->memory[i] = fcntl(handed[i], F_DUPFD_CLOEXEC, 3);
		else
			k->memory[i] = memfd_create("scrim-counters", MFD_CLOEXEC);
		if (k->memory[i] < 0 ||
		    (handed[i] < 0 && ftruncate(k->memory[i], (off_t)sizes[i])) ||
		    fstat(k->memory[i], &is))
			return err_set(e, errno, "memory for counters: %s", strerror(errno));
		if (is.st_size != (off_t)sizes[i])
			return err_set(e, ESTALE,
				       "the counters to go on with are another version's");
	}
	return 0;
}

int kern_open_private(const struct kern_handed *from, struct kern **ret_k, struct err *e)
{
	struct kern *k = calloc(1, sizeof(*k));
	int rc;

	if (!k)
		return err_set(e, ENOMEM, "out of memory");
	kern_empty(k);
	rc = make_memory(k, from, e);
	if (!rc)
		rc = rows_map(k, e);
	if (rc) {
		kern_close(k);
		return rc;
	}
	*ret_k = k;
	return 0;
}

struct scrim_flow_row *kern_flow(struct kern *k)
{
	return k->flow;
}

/* A name as metrics can carry it: what would need an escape there becomes '_'. */
static void safe_name(char to[SCRIM_NAME_LEN], const char *from)
{
	size_t i;

	for (i = 0; i < SCRIM_NAME_LEN - 1 && from[i]; i++)
		to[i] = from[i] < ' ' || from[i] > '~' || from[i] == '"' || from[i] == '\\'
				? '_'
				: from[i];
	memset(to + i, 0, SCRIM_NAME_LEN - i);
}

/* Rows of both kinds begin with two names, of which the first one says whether they are taken. */
struct names {
	char first[SCRIM_NAME_LEN], role[SCRIM_NAME_LEN];
};

/* The i-th row is the i-th `size` bytes of rows. */
static void *named_row(void *rows, size_t size, size_t n, const char *first, const char *role)
{
	char names[2][SCRIM_NAME_LEN];

	safe_name(names[0], first);
	safe_name(names[1], role);
	for (size_t i = 0; i < n; i++) {
		struct names *r = (void *)((char *)rows + i * size);

		if (!*r->first) {
			/* The first letter makes the row taken: last, so that no reader sees half. */
			memcpy(r->role, names[1], SCRIM_NAME_LEN);
			memcpy(r->first + 1, names[0] + 1, SCRIM_NAME_LEN - 1);
			__atomic_store_n(r->first, names[0][0], __ATOMIC_RELEASE);
			return r;
		}
		if (!strcmp(r->first, names[0]) && !strcmp(r->role, names[1]))
			return r;
	}
	return NULL;
}

struct scrim_rule_row *kern_row(struct kern *k, const char *rule, const char *role)
{
	return named_row(k->rules, sizeof(*k->rules), SCRIM_RULE_ROWS, rule, role);
}

struct scrim_listener_row *kern_listener_row(struct kern *k, const char *listener, const char *role)
{
	return named_row(k->listeners, sizeof(*k->listeners), SCRIM_LISTENER_ROWS, listener, role);
}

static size_t taken_of(const void *rows, size_t size, size_t n)
{
	size_t i = 0;

	while (i < n && *((const char *)rows + i * size))
		i++;
	return i;
}

struct kern_rows kern_rows_taken(const struct kern *k)
{
	return (struct kern_rows){
		.rules = taken_of(k->rules, sizeof(*k->rules), SCRIM_RULE_ROWS),
		.listeners = taken_of(k->listeners, sizeof(*k->listeners), SCRIM_LISTENER_ROWS),
	};
}

void kern_rows_untake(struct kern *k, struct kern_rows before)
{
	for (size_t i = kern_rows_taken(k).rules; i-- > before.rules;)
		__atomic_store_n(k->rules[i].rule, 0, __ATOMIC_RELEASE);
	for (size_t i = kern_rows_taken(k).listeners; i-- > before.listeners;)
		__atomic_store_n(k->listeners[i].listener, 0, __ATOMIC_RELEASE);
}

/* A pinned map's memory, to read. */
static const void *view_map(const char *dir, const char *pin, u32 value_size, u32 entries,
			    struct err *e)
{
	struct bpf_map_info info = {0};
	u32 len = sizeof(info);
	const void *p = NULL;
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, pin);
	/* Not BPF_F_RDONLY: of a descriptor without write access the kernel maps nothing shared. */
	fd = bpf_obj_get(path);
	if (fd < 0) {
		err_set(e, errno, "%s: %s", path,
			errno == ENOENT  ? "nothing is pinned here"
			: errno == EPERM ? "reading it needs CAP_BPF: run as root"
					 : strerror(errno));
		return NULL;
	}
	if (bpf_map_get_info_by_fd(fd, &info, &len))
		err_set(e, errno, "%s: %s", path, strerror(errno));
	else if (info.value_size != value_size || info.max_entries != entries)
		err_set(e, ESTALE, "%s was pinned by another version of scrim", path);
	else if (!(p = map(fd, (size_t)value_size * entries, PROT_READ)))
		err_set(e, errno, "%s: %s", path, strerror(errno));
	close(fd);
	return p;
}

int kern_view_open(const char *instance, struct kern_view *ret_v, struct err *e)
{
	struct kern_view v = {0};
	struct scrim_meta meta;
	char dir[64];
	int fd, rc, locked;

	rc = dir_name(instance, dir, sizeof(dir), e);
	if (!rc)
		rc = dir_open(dir, false, &fd, e);
	if (rc == -ENOENT)
		return err_set(e, ENOENT,
			       "nothing is pinned in %s: scrimd has not run since boot, was "
			       "detached, or keeps its counters to itself (its log says so where "
			       "it has no privilege)",
			       dir);
	if (rc)
		return rc;
	locked = dir_locked(fd);
	close(fd);
	rc = old_meta(dir, &meta);
	if (locked < 0 || (rc && rc != -ENOENT))
		return err_set(e, locked < 0 ? -locked : -rc, "%s, %s: %s", dir,
			       locked < 0 ? "its lock" : "meta",
			       strerror(locked < 0 ? -locked : -rc));
	v.daemon_alive = locked;
	if (!rc)
		snprintf(v.version, sizeof(v.version), "%.31s", meta.version);
	v.rules = view_map(dir, "rules", sizeof(*v.rules), SCRIM_RULE_ROWS, e);
	if (v.rules)
		v.flow = view_map(dir, "flow", sizeof(*v.flow), FLOW_COUNT, e);
	if (v.flow)
		v.listeners =
			view_map(dir, "listeners", sizeof(*v.listeners), SCRIM_LISTENER_ROWS, e);
	if (!v.listeners) {
		kern_view_close(&v);
		return -ESTALE;
	}
	*ret_v = v;
	return 0;
}

void kern_view_close(struct kern_view *v)
{
	if (v->rules)
		munmap((void *)v->rules, RULES_SIZE);
	if (v->flow)
		munmap((void *)v->flow, FLOW_SIZE);
	if (v->listeners)
		munmap((void *)v->listeners, LISTENERS_SIZE);
}
