// SPDX-License-Identifier: GPL-2.0
/*
 * Network namespaces for the tests, in one small program: an emulated machine
 * takes longer to start "ip netns" than to make a namespace.
 *
 *	nsx add NAME...		as "ip netns add", and lo is up
 *	nsx del PREFIX		kills what runs in the namespaces whose names begin
 *				so, then removes them
 *	nsx in NAME COMMAND...	runs a command there
 *	nsx join NAME DEV IPV4/LEN IPV6/LEN NAME DEV IPV4/LEN IPV6/LEN
 *				a veth pair between two, up, with addresses
 *	nsx starve STRIDE	makes a namespace while every STRIDEth of the kernel's
 *				allocations for it fails, in turn; prints how
 *				many times that was
 *	nsx up NAME DEV IPV4/LEN IPV6/LEN
 *				a device there gets addresses, and is up
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define RUN	"/run/netns"

static void __attribute__((noreturn)) die(const char *what)
{
	fprintf(stderr, "nsx: %s: %s\n", what, strerror(errno));
	exit(1);
}

static const char *path_of(const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), RUN "/%s", name);
	return path;
}

static void lo_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &ifr))
		die("lo");
	ifr.ifr_flags |= IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		die("lo");
	close(fd);
}

/* "ip netns" shares the folder between mount namespaces; so is it here. */
static void prepare(void)
{
	mkdir(RUN, 0755);
	if (!mount("", RUN, "none", MS_SHARED | MS_REC, NULL))
		return;
	if (mount(RUN, RUN, "none", MS_BIND | MS_REC, NULL) ||
	    mount("", RUN, "none", MS_SHARED | MS_REC, NULL))
		die(RUN);
}

static int add(char **names)
{
	int fd;

	prepare();
	for (; *names; names++) {
		const char *path = path_of(*names);

		fd = open(path, O_RDONLY | O_CREAT | O_EXCL, 0);
		if (fd < 0)
			die(path);
		close(fd);
		if (unshare(CLONE_NEWNET))
			die("unshare");
		if (mount("/proc/self/ns/net", path, "none", MS_BIND, NULL))
			die(path);
		lo_up();
	}
	return 0;
}

#define MAX_NS	64

/* Kills the processes of these namespaces, all in one walk. */
static void kill_in(const struct stat *ns, int n)
{
	DIR *proc = opendir("/proc");
	struct dirent *d;

	while (proc && (d = readdir(proc))) {
		char path[300];
		struct stat st;
		int i, pid = atoi(d->d_name);

		if (pid <= 1 || pid == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/%d/ns/net", pid);
		if (stat(path, &st))
			continue;
		for (i = 0; i < n; i++)
			if (st.st_ino == ns[i].st_ino && st.st_dev == ns[i].st_dev)
				kill(pid, SIGKILL);
	}
	if (proc)
		closedir(proc);
}

/* What begins so, as paths, and which namespaces they are. */
static int find(const char *prefix, char paths[][300], struct stat *ns)
{
	DIR *dir = opendir(RUN);
	struct dirent *d;
	int n = 0;

	while (dir && n < MAX_NS && (d = readdir(dir))) {
		if (strncmp(d->d_name, prefix, strlen(prefix)))
			continue;
		snprintf(paths[n], sizeof(paths[n]), RUN "/%s", d->d_name);
		if (stat(paths[n], &ns[n]))
			memset(&ns[n], 0, sizeof(ns[n]));
		n++;
	}
	if (dir)
		closedir(dir);
	return n;
}

static int del(const char *prefix)
{
	static char paths[MAX_NS][300];
	static struct stat ns[MAX_NS];
	int i, n, status = 0;

	while ((n = find(prefix, paths, ns)) && !status) {
		kill_in(ns, n);
		for (i = 0; i < n; i++) {
			umount2(paths[i], MNT_DETACH);
			if (unlink(paths[i]))
				status = 1;
		}
	}
	return status;
}

static void enter(const char *name)
{
	int fd = open(path_of(name), O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(name);
	close(fd);
}

/* A request of rtnetlink, put together piece by piece. */
static union {
	struct nlmsghdr nlh;
	char bytes[1024];
} req;

static void *put(const void *data, int len)
{
	char *at = req.bytes + req.nlh.nlmsg_len;

	memset(at, 0, NLMSG_ALIGN(len));
	if (data)
		memcpy(at, data, len);
	req.nlh.nlmsg_len += NLMSG_ALIGN(len);
	return at;
}

static void begin(int type, int flags)
{
	memset(&req.nlh, 0, sizeof(req.nlh));
	req.nlh.nlmsg_len = NLMSG_HDRLEN;
	req.nlh.nlmsg_type = type;
	req.nlh.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
}

static struct rtattr *put_attr(int type, const void *data, int len)
{
	struct rtattr *attr = put(NULL, sizeof(*attr));

	attr->rta_type = type;
	attr->rta_len = RTA_LENGTH(len);
	put(data, len);
	return attr;
}

static void end(struct rtattr *nest)
{
	nest->rta_len = req.bytes + req.nlh.nlmsg_len - (char *)nest;
}

static void ask(const char *what)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
		char rest[2048];
	} ack;

	if (fd < 0 || send(fd, &req, req.nlh.nlmsg_len, 0) < 0 ||
	    recv(fd, &ack, sizeof(ack), 0) < (ssize_t)NLMSG_LENGTH(sizeof(int)))
		die(what);
	close(fd);
	errno = -ack.err.error;
	if (errno)
		die(what);
}

static void put_veth(const char *dev, const char *peer, int peer_ns)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };
	struct rtattr *info, *data, *other;

	begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	put(&ifi, sizeof(ifi));
	put_attr(IFLA_IFNAME, dev, strlen(dev) + 1);
	info = put_attr(IFLA_LINKINFO, NULL, 0);
	put_attr(IFLA_INFO_KIND, "veth", 4);
	data = put_attr(IFLA_INFO_DATA, NULL, 0);
	other = put_attr(VETH_INFO_PEER, &ifi, sizeof(ifi));
	put_attr(IFLA_IFNAME, peer, strlen(peer) + 1);
	put_attr(IFLA_NET_NS_FD, &peer_ns, sizeof(peer_ns));
	end(other);
	end(data);
	end(info);
}

static void address(const char *dev, int family, const char *prefix)
{
	struct ifaddrmsg ifa = { .ifa_family = family, .ifa_flags = IFA_F_NODAD };
	int len = family == AF_INET ? 4 : 16;
	char addr[64], bin[16];
	char *slash;

	snprintf(addr, sizeof(addr), "%s", prefix);
	slash = strchr(addr, '/');
	if (!slash) {
		errno = EINVAL;
		die(prefix);
	}
	*slash = '\0';
	ifa.ifa_prefixlen = atoi(slash + 1);
	ifa.ifa_index = if_nametoindex(dev);
	if (inet_pton(family, addr, bin) != 1)
		die(prefix);
	begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL);
	put(&ifa, sizeof(ifa));
	put_attr(IFA_LOCAL, bin, len);
	put_attr(IFA_ADDRESS, bin, len);
	ask(prefix);
}

/* DEV IPV4/LEN IPV6/LEN of this namespace */
static void configure(char **words)
{
	struct ifinfomsg ifi = { .ifi_family = AF_UNSPEC };

	address(words[0], AF_INET, words[1]);
	address(words[0], AF_INET6, words[2]);
	ifi.ifi_index = if_nametoindex(words[0]);
	ifi.ifi_flags = IFF_UP;
	ifi.ifi_change = IFF_UP;
	begin(RTM_NEWLINK, 0);
	put(&ifi, sizeof(ifi));
	ask(words[0]);
}

static int join(char **words)
{
	int fd = open(path_of(words[4]), O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die(words[4]);
	enter(words[0]);
	put_veth(words[1], words[5], fd);
	ask(words[1]);
	configure(words + 1);
	enter(words[4]);
	configure(words + 5);
	return 0;
}

static int starve(unsigned long stride)
{
	int fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
	unsigned long n, tried = 0;
	char text[24];
	ssize_t len;
	int err;

	if (fd < 0 || !stride)
		die("fail-nth");
	for (n = 1;; n += stride) {
		len = snprintf(text, sizeof(text), "%lu", n);
		if (pwrite(fd, text, len, 0) != len)
			die("fail-nth");
		err = unshare(CLONE_NEWNET) ? errno : 0;
		len = pread(fd, text, sizeof(text) - 1, 0);
		if (len < 1)
			die("fail-nth");
		/* What is left to count: so many there were not. */
		if (text[0] != '0')
			break;
		tried++;
	}
	errno = err;
	if (err)
		die("unshare");
	if (pwrite(fd, "0", 1, 0) != 1)
		die("fail-nth");
	printf("%lu\n", tried);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc >= 3 && !strcmp(argv[1], "add"))
		return add(argv + 2);
	if (argc == 3 && !strcmp(argv[1], "del"))
		return del(argv[2]);
	if (argc >= 4 && !strcmp(argv[1], "in")) {
		enter(argv[2]);
		execvp(argv[3], argv + 3);
		die(argv[3]);
	}
	if (argc == 3 && !strcmp(argv[1], "starve"))
		return starve(strtoul(argv[2], NULL, 10));
	if (argc == 6 && !strcmp(argv[1], "up")) {
		enter(argv[2]);
		configure(argv + 3);
		return 0;
	}
	if (argc == 10 && !strcmp(argv[1], "join"))
		return join(argv + 2);
	fprintf(stderr, "nsx: see the top of nsx.c\n");
	return 2;
}
