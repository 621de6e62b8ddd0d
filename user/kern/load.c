/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads the programs with maps of their own generation; only the counters are those that are
 * pinned already. Nothing is attached here, so nothing here can fail halfway.
 */
#include "private.h"
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <export.skel.h>
#include <scrim/log.h>
#include <steer_gateway.skel.h>
#include <steer_local.skel.h>
#include <string.h>
#include <unistd.h>

#ifndef SCRIM_VERSION
#define SCRIM_VERSION "0"
#endif

static int print_debug(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	char text[768];
	size_t n;

	if (level == LIBBPF_DEBUG)
		return 0;
	vsnprintf(text, sizeof(text), fmt, ap);
	n = strlen(text);
	if (n && text[n - 1] == '\n')
		text[n - 1] = 0;
	log_line(LOG_LEVEL_DEBUG, "%s", text);
	return 0;
}

int old_meta(const char *dir, struct scrim_meta *ret_meta)
{
	struct bpf_map_info info = {0};
	u32 len = sizeof(info), zero = 0;
	int fd = pin_get(dir, "meta"), rc = 0;
	char value[1024] = {0};

	if (fd < 0)
		return fd;
	if (bpf_map_get_info_by_fd(fd, &info, &len))
		rc = -errno;
	else if (info.value_size > sizeof(value))
		rc = -ESTALE;
	else if (bpf_map_lookup_elem(fd, &zero, value))
		rc = -errno;
	else
		memcpy(ret_meta, value, sizeof(*ret_meta));
	close(fd);
	return rc;
}

/* Puts the pinned map in the place of `map`; -ENOENT: none is pinned, -ESTALE: another layout. */
static int reuse(struct kern *k, struct bpf_map *map, const char *pin)
{
	struct bpf_map_info info = {0};
	int fd = pin_get(k->dir, pin), rc = 0;
	u32 len = sizeof(info);

	if (fd < 0)
		return fd;
	if (bpf_map_get_info_by_fd(fd, &info, &len))
		rc = -errno;
	else if (info.type != bpf_map__type(map) || info.key_size != bpf_map__key_size(map) ||
		 info.value_size != bpf_map__value_size(map) ||
		 info.max_entries != bpf_map__max_entries(map))
		rc = -ESTALE;
	else if (bpf_map__reuse_fd(map, fd))
		rc = -errno;
	close(fd);
	return rc;
}

static int reuse_counters(struct kern *k, bool replace, struct err *e)
{
	struct {
		struct bpf_map *map;
		const char *pin;
	} maps[] = {
		{k->export->maps.scrim_rule, "rules"},
		{k->export->maps.scrim_flow, "flow"},
		{k->export->maps.scrim_listener, "listeners"},
	};
	int rc;

	for (size_t i = 0; i < array_size(maps); i++) {
		rc = reuse(k, maps[i].map, maps[i].pin);
		if (rc == -ESTALE && replace)
			log_line(LOG_LEVEL_WARNING,
				 "the pinned map %s has another layout; its counts begin anew",
				 maps[i].pin);
		else if (rc == -ESTALE)
			return err_set(e, -rc,
				       "%s/%s was pinned by another version of scrim; --replace "
				       "swaps it",
				       k->dir, maps[i].pin);
		else if (rc && rc != -ENOENT)
			return err_set(e, -rc, "%s/%s: %s", k->dir, maps[i].pin, strerror(-rc));
	}
	return 0;
}

static int loaded(int rc, const char *what, struct err *e)
{
	char why[128];

	if (!rc)
		return 0;
	libbpf_strerror(rc, why, sizeof(why)); /* it has errors of its own */
	return err_set(e, -rc, "the kernel does not take the program %s: %s (--verbose prints why)",
		       what, why);
}

/* One map for two objects: `map` is from `fd`. */
struct shared {
	struct bpf_map *map;
	int fd;
};

static int share(const struct shared *maps, size_t n, struct err *e)
{
	int rc;

	for (size_t i = 0; i < n; i++) {
		rc = bpf_map__reuse_fd(maps[i].map, maps[i].fd);
		if (rc)
			return err_set(e, -rc, "sharing the map %s: %s", bpf_map__name(maps[i].map),
				       strerror(-rc));
	}
	return 0;
}

static int load_gateway(struct kern *k, const struct kern_conf *conf, struct err *e)
{
	int rc;

	k->gateway = steer_gateway__open();
	if (!k->gateway)
		return loaded(-errno, "steer_gateway", e);
	k->gateway->rodata->nworkers = conf->nworkers;
	bpf_map__set_max_entries(k->gateway->maps.sockets, SCRIM_SOCKETS((u32)conf->nlisteners));
	rc = share(&(struct shared){k->gateway->maps.scrim_flow,
				    bpf_map__fd(k->export->maps.scrim_flow)},
		   1, e);
	return rc ? rc : loaded(steer_gateway__load(k->gateway), "steer_gateway", e);
}

static int load_local(struct kern *k, const struct kern_conf *conf, struct err *e)
{
	struct shared maps[7];
	size_t n = 0;
	int rc;

	k->local = steer_local__open();
	if (!k->local)
		return loaded(-errno, "steer_local", e);
	k->local->rodata->nworkers = conf->nworkers;
	bpf_map__set_max_entries(k->local->maps.sockets, SCRIM_SOCKETS((u32)conf->nlisteners));
	maps[n++] =
		(struct shared){k->local->maps.scrim_flow, bpf_map__fd(k->export->maps.scrim_flow)};
	if (conf->from && conf->from->fd[KERN_OWN_SOCKETS] >= 0) {
		maps[n++] = (struct shared){k->local->maps.own_sockets,
					    conf->from->fd[KERN_OWN_SOCKETS]};
		maps[n++] =
			(struct shared){k->local->maps.own_tuples, conf->from->fd[KERN_OWN_TUPLES]};
	}
	if (k->gateway) {
		maps[n++] =
			(struct shared){k->local->maps.gates, bpf_map__fd(k->gateway->maps.gates)};
		maps[n++] =
			(struct shared){k->local->maps.roles, bpf_map__fd(k->gateway->maps.roles)};
		maps[n++] = (struct shared){k->local->maps.sockets,
					    bpf_map__fd(k->gateway->maps.sockets)};
		maps[n++] =
			(struct shared){k->local->maps.alive, bpf_map__fd(k->gateway->maps.alive)};
	}
	rc = share(maps, n, e);
	return rc ? rc : loaded(steer_local__load(k->local), "steer_local", e);
}

static int tag(const struct bpf_program *prog, u8 to[8])
{
	struct bpf_prog_info info = {0};
	u32 len = sizeof(info);

	if (!prog)
		return 0;
	if (bpf_prog_get_info_by_fd(bpf_program__fd(prog), &info, &len))
		return -errno;
	memcpy(to, info.tag, 8);
	return 0;
}

static int make_meta(struct kern *k, struct scrim_meta *m, struct err *e)
{
	const struct bpf_program *progs[] = {
		k->export->progs.export_metrics,
		k->gateway ? k->gateway->progs.steer_gateway : NULL,
		k->gateway ? k->gateway->progs.drop_redirects : NULL,
		k->gateway ? k->gateway->progs.steer_gateway_lookup : NULL,
		k->local ? k->local->progs.steer_local : NULL,
		k->local ? k->local->progs.own_connect : NULL,
	};
	u64 netns = 0;
	int rc = netns_cookie(&netns);

	if (rc)
		return err_set(e, -rc, "which network namespace this is: %s", strerror(-rc));
	*m = (struct scrim_meta){.abi = SCRIM_ABI_VERSION, .netns = netns};
	strncpy(m->version, SCRIM_VERSION, sizeof(m->version) - 1);
	for (size_t i = 0; i < array_size(progs); i++) {
		rc = tag(progs[i], m->tags[i]);
		if (rc)
			return err_set(e, -rc, "the program %s: %s", bpf_program__name(progs[i]),
				       strerror(-rc));
	}
	return 0;
}

/* Programs that both have must be the same; one that only one has is a change of configuration. */
static bool same_programs(const struct scrim_meta *a, const struct scrim_meta *b)
{
	static const u8 none[8];

	for (size_t i = 0; i < array_size(a->tags); i++)
		if (memcmp(a->tags[i], none, 8) && memcmp(b->tags[i], none, 8) &&
		    memcmp(a->tags[i], b->tags[i], 8))
			return false;
	return true;
}

/* Whether what is pinned is this version's; *ret_old has abi 0 where nothing is. */
static int check_meta(struct kern *k, const struct scrim_meta *ours, const struct kern_conf *conf,
		      struct err *e)
{
	struct scrim_meta old;
	int rc = old_meta(k->dir, &old);

	if (rc == -ENOENT)
		return 0;
	if (rc)
		return err_set(e, -rc, "%s/meta cannot be read: %s", k->dir, strerror(-rc));
	if (old.netns != ours->netns)
		return err_set(e, EBUSY,
			       "%s belongs to another network namespace: give this one an "
			       "--instance of its own, or `scrim detach --force` it there",
			       k->dir);
	/* Who hands over lives, and goes on if this fails. */
	if (!conf->replace && (old.abi != ours->abi || (!conf->from && !same_programs(&old, ours))))
		return err_set(e, ESTALE,
			       "%s was pinned by another build of scrim (version %.31s, this is "
			       "%s); --replace swaps it without a moment of forwarding",
			       k->dir, old.version, SCRIM_VERSION);
	return 0;
}

static bool needs(const struct kern_conf *conf, enum kern_mode mode)
{
	for (size_t i = 0; i < conf->nlisteners; i++)
		if (conf->listeners[i].mode == mode)
			return true;
	return false;
}

int load_all(struct kern *k, const struct kern_conf *conf, struct err *e)
{
	struct scrim_meta meta;
	u32 zero = 0;
	int rc;

	libbpf_set_print(print_debug);
	k->export = export__open();
	if (!k->export)
		return loaded(-errno, "export", e);
	rc = reuse_counters(k, conf->replace, e);
	if (!rc)
		rc = loaded(export__load(k->export), "export", e);
	if (!rc && needs(conf, KERN_GATEWAY))
		rc = load_gateway(k, conf, e);
	if (!rc && needs(conf, KERN_LOCAL))
		rc = load_local(k, conf, e);
	if (rc)
		return rc;
	rc = make_meta(k, &meta, e);
	if (!rc)
		rc = check_meta(k, &meta, conf, e);
	if (rc)
		return rc;
	if (bpf_map_update_elem(bpf_map__fd(k->export->maps.meta), &zero, &meta, BPF_ANY))
		return err_set(e, errno, "the map meta: %s", strerror(errno));
	return 0;
}

void load_free(struct kern *k)
{
	steer_local__destroy(k->local);
	steer_gateway__destroy(k->gateway);
	export__destroy(k->export);
}
