// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the tests of one program:
 *	PROGRAM			all of them, as a whole KTAP document
 *	PROGRAM --count		how many there are
 *	PROGRAM --from N	all, numbered from N, without head (for run.sh)
 *	PROGRAM NAME...		these, in this process: for a debugger
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ktap.h"
#include "mock.h"

#define KTAP_MAX	512
#define KTAP_SECONDS	120	/* a test that takes longer hangs */

static struct {
	const char *name;
	void (*run)(void);
} tests[KTAP_MAX];
static int n_tests;
static int n_failures;		/* of the test that runs */

void ktap_add(const char *name, void (*run)(void))
{
	if (n_tests == KTAP_MAX) {
		fprintf(stderr, "more than %d tests\n", KTAP_MAX);
		abort();
	}
	tests[n_tests].name = name;
	tests[n_tests++].run = run;
}

static void vsay(const char *prefix, const char *fmt, va_list args)
{
	printf("# %s", prefix);
	vprintf(fmt, args);
	printf("\n");
	fflush(stdout);
}

bool ktap_fail(const char *file, int line, const char *fmt, ...)
{
	char where[256];
	va_list args;

	/* a loop that fails everywhere needs no thousand lines */
	if (++n_failures > 20)
		return false;
	snprintf(where, sizeof(where), "%s:%d: failed: ", file, line);
	va_start(args, fmt);
	vsay(where, fmt, args);
	va_end(args);
	return false;
}

void ktap_note(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsay("", fmt, args);
	va_end(args);
}

static void finish(void)
{
	mock_end();
	fflush(stdout);
	_exit(n_failures ? 1 : 0);
}

void ktap_require(bool ok)
{
	if (!ok)
		finish();
}

static bool run_one(int i)
{
	int status = 0;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid < 0) {
		perror("# fork");
		return false;
	}
	if (!pid) {
		dup2(STDOUT_FILENO, STDERR_FILENO);
		alarm(KTAP_SECONDS);
		mock_begin();
		tests[i].run();
		finish();
	}
	while (waitpid(pid, &status, 0) < 0)
		;
	if (WIFSIGNALED(status))
		printf("# killed by signal %d (%s)\n", WTERMSIG(status),
		       strsignal(WTERMSIG(status)));
	return WIFEXITED(status) && !WEXITSTATUS(status);
}

static void run_here(const char *name)
{
	int i;

	for (i = 0; i < n_tests; i++) {
		if (strcmp(tests[i].name, name))
			continue;
		mock_begin();
		tests[i].run();
		mock_end();
		return;
	}
	fprintf(stderr, "no test %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	int i, first = 1, failed = 0;

	if (argc > 1 && !strcmp(argv[1], "--count")) {
		printf("%d\n", n_tests);
		return 0;
	}
	if (argc > 2 && !strcmp(argv[1], "--from")) {
		first = atoi(argv[2]);
	} else if (argc > 1) {
		for (i = 1; i < argc; i++)
			run_here(argv[i]);
		return n_failures ? 1 : 0;
	} else {
		printf("TAP version 13\n1..%d\n", n_tests);
	}
	for (i = 0; i < n_tests; i++) {
		bool ok = run_one(i);

		printf("%sok %d - %s\n", ok ? "" : "not ", first + i,
		       tests[i].name);
		failed += !ok;
	}
	return failed ? 1 : 0;
}
