// SPDX-License-Identifier: GPL-2.0
/* The module's own matcher, so that a profile is tested with what reads by it. */
#include "../../kmod/stream.c"
