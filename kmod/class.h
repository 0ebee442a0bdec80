/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The shipped classes: how traffic of one kind is treated. A class's number is
 * also the minor number of its tc class. Knows nothing else of weft.
 */
#ifndef _WEFT_CLASS_H
#define _WEFT_CLASS_H

#include <linux/types.h>
#include <linux/weft.h>

/* Class numbers run from 1 to WEFT_CLASS_MAX; 0 stands for "none". */
#define WEFT_CLASS_MAX	31

enum weft_shipped_class {
	WEFT_CLASS_NONE,
	WEFT_CLASS_CONTROL,
	WEFT_CLASS_TOKEN,
	WEFT_CLASS_ACTIVATION,
	WEFT_CLASS_KVCACHE,
	WEFT_CLASS_EMBEDDING,
	WEFT_CLASS_GRADIENT,
	WEFT_CLASS_DATASET,
	WEFT_CLASS_CHECKPOINT,
	WEFT_CLASS_OTHER,
	WEFT_CLASS_SHIPPED_END,
};

/**
 * struct weft_class - how traffic of one kind is treated
 * @name: as users write it
 * @tier: strictly first within its share of the link, or by weight
 * @weight: share among the backlogged weighted classes, 1..1000; a latency
 *	class has one too, for what exceeds its share
 */
struct weft_class {
	char		name[WEFT_NAME_LEN];
	u8		tier;
	u16		weight;
};

const struct weft_class *weft_class_find(u32 id);
u32 weft_class_by_name(const char *name);

#endif /* _WEFT_CLASS_H */
