// SPDX-License-Identifier: GPL-2.0
/*
 * Which words of the kernel's memory does something touch?
 *
 *	touches ADDRESS LENGTH COMMAND...
 *
 * Runs COMMAND again and again, while the processor watches four words of eight
 * bytes at a time, and prints of each word how far behind ADDRESS it is and how
 * often it was touched. Exit status 4 where the kernel can't.
 */
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CPUS_MAX	64
#define AT_ONCE		4	/* x86 has as many debug registers */

static int watch(uint64_t address, int cpu)
{
	struct perf_event_attr attr = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(attr),
		.bp_type = HW_BREAKPOINT_RW,
		.bp_addr = address,
		.bp_len = HW_BREAKPOINT_LEN_8,
		.exclude_user = 1,
		.pinned = 1,
	};
	int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, 0);

	if (fd < 0) {
		fprintf(stderr, "touches: watching 0x%llx: %s\n",
			(unsigned long long)address, strerror(errno));
		exit(4);
	}
	return fd;
}

static uint64_t count(const int *fds, int cpus)
{
	uint64_t sum = 0, n;
	int i;

	for (i = 0; i < cpus; i++) {
		if (read(fds[i], &n, sizeof(n)) != sizeof(n)) {
			fprintf(stderr, "touches: no count\n");
			exit(4);
		}
		sum += n;
		close(fds[i]);
	}
	return sum;
}

static void run(char **command)
{
	pid_t child = fork();
	int status;

	if (!child) {
		execvp(command[0], command);
		_exit(127);
	}
	if (child < 0 || waitpid(child, &status, 0) < 0 || status) {
		fprintf(stderr, "touches: %s failed\n", command[0]);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	int cpus = sysconf(_SC_NPROCESSORS_ONLN), fds[AT_ONCE][CPUS_MAX], i, cpu;
	uint64_t address, length, at;

	if (argc < 4 || cpus < 1 || cpus > CPUS_MAX) {
		fprintf(stderr, "usage: touches ADDRESS LENGTH COMMAND...\n");
		return 2;
	}
	address = strtoull(argv[1], NULL, 0);
	length = strtoull(argv[2], NULL, 0);
	for (at = 0; at < length; at += 8 * AT_ONCE) {
		for (i = 0; i < AT_ONCE; i++)
			for (cpu = 0; cpu < cpus; cpu++)
				fds[i][cpu] = watch(address + at + 8 * i, cpu);
		run(argv + 3);
		for (i = 0; i < AT_ONCE; i++)
			printf("%llu %llu\n", (unsigned long long)at + 8 * i,
			       (unsigned long long)count(fds[i], cpus));
	}
	return 0;
}
