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
	if (bpf_map_get_info_by_fd(fd, &info, &len) || info.value_size > sizeof(value) ||
	    bpf_map_lookup_elem(fd, &zero, value))
		rc = -ESTALE;
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
	if (bpf_map_get_info_by_fd(fd, &info, &len) || info.type != bpf_map__type(map) ||
	    info.key_size != bpf_map__key_size(map) ||
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
		else if (rc && rc != -ENOENT)
			return err_set(e, -rc,
				       "%s/%s was pinned by another version of scrim; --replace "
				       "swaps it",
				       k->dir, maps[i].pin);
	}
	return 0;
}

static int loaded(int rc, const char *what, struct err *e)
{
	if (!rc)
		return 0;
	return err_set(e, -rc, "the kernel does not take the program %s: %s (--verbose prints why)",
		       what, strerror(-rc));
}

static int load_gateway(struct kern *k, const struct kern_conf *conf, struct err *e)
{
	k->gateway = steer_gateway__open();
	if (!k->gateway)
		return loaded(-errno, "steer_gateway", e);
	k->gateway->rodata->nworkers = conf->nworkers;
	bpf_map__reuse_fd(k->gateway->maps.scrim_flow, bpf_map__fd(k->export->maps.scrim_flow));
	return loaded(steer_gateway__load(k->gateway), "steer_gateway", e);
}

static int load_local(struct kern *k, const struct kern_conf *conf, struct err *e)
{
	k->local = steer_local__open();
	if (!k->local)
		return loaded(-errno, "steer_local", e);
	k->local->rodata->nworkers = conf->nworkers;
	if (conf->from && conf->from->fd[KERN_OWN_SOCKETS] >= 0 &&
	    (bpf_map__reuse_fd(k->local->maps.own_sockets, conf->from->fd[KERN_OWN_SOCKETS]) ||
	     bpf_map__reuse_fd(k->local->maps.own_tuples, conf->from->fd[KERN_OWN_TUPLES])))
		return loaded(-errno, "steer_local", e);
	bpf_map__reuse_fd(k->local->maps.scrim_flow, bpf_map__fd(k->export->maps.scrim_flow));
	if (k->gateway) {
		bpf_map__reuse_fd(k->local->maps.gates, bpf_map__fd(k->gateway->maps.gates));
		bpf_map__reuse_fd(k->local->maps.sockets, bpf_map__fd(k->gateway->maps.sockets));
		bpf_map__reuse_fd(k->local->maps.alive, bpf_map__fd(k->gateway->maps.alive));
	}
	return loaded(steer_local__load(k->local), "steer_local", e);
}

static void tag(const struct bpf_program *prog, u8 to[8])
{
	struct bpf_prog_info info = {0};
	u32 len = sizeof(info);

	if (prog && !bpf_prog_get_info_by_fd(bpf_program__fd(prog), &info, &len))
		memcpy(to, info.tag, 8);
}

static void make_meta(struct kern *k, struct scrim_meta *m)
{
	*m = (struct scrim_meta){.abi = SCRIM_ABI_VERSION, .netns = netns_cookie()};
	strncpy(m->version, SCRIM_VERSION, sizeof(m->version) - 1);
	tag(k->export->progs.export_metrics, m->tags[0]);
	if (k->gateway) {
		tag(k->gateway->progs.steer_gateway, m->tags[1]);
		tag(k->gateway->progs.steer_gateway_lookup, m->tags[2]);
	}
	if (k->local) {
		tag(k->local->progs.steer_local, m->tags[3]);
		tag(k->local->progs.own_connect, m->tags[4]);
	}
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
	make_meta(k, &meta);
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
