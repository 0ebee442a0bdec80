// SPDX-License-Identifier: GPL-2.0
/*
 * The one place that makes the tracepoints.
 */
#ifndef __CHECKER__
#define CREATE_TRACE_POINTS
#endif
#include "trace.h"
