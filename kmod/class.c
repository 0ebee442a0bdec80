// SPDX-License-Identifier: GPL-2.0
/*
 * The shipped classes. Weights: what a training step or a request waits for
 * (activations, KV cache, gradients) outweighs what only has to arrive some
 * time (datasets, checkpoints); none is so small that its floor, its weight
 * over the sum of all, is below a hundredth of the link.
 */
#include <linux/string.h>

#include "class.h"

static const struct weft_class weft_classes[WEFT_CLASS_SHIPPED_END] = {
	[WEFT_CLASS_CONTROL]    = { "control",    WEFT_TIER_LATENCY,  16 },
	[WEFT_CLASS_TOKEN]      = { "token",      WEFT_TIER_LATENCY,  16 },
	[WEFT_CLASS_ACTIVATION] = { "activation", WEFT_TIER_WEIGHTED, 16 },
	[WEFT_CLASS_KVCACHE]    = { "kvcache",    WEFT_TIER_WEIGHTED, 16 },
	[WEFT_CLASS_EMBEDDING]  = { "embedding",  WEFT_TIER_WEIGHTED,  8 },
	[WEFT_CLASS_GRADIENT]   = { "gradient",   WEFT_TIER_WEIGHTED, 16 },
	[WEFT_CLASS_DATASET]    = { "dataset",    WEFT_TIER_WEIGHTED,  4 },
	[WEFT_CLASS_CHECKPOINT] = { "checkpoint", WEFT_TIER_WEIGHTED,  2 },
	[WEFT_CLASS_OTHER]      = { "other",      WEFT_TIER_WEIGHTED,  8 },
};

/**
 * weft_class_find - the class of a number
 * @id: class number
 *
 * Context: Any; the table is constant.
 * Return: the class, or NULL where no class has that number.
 */
const struct weft_class *weft_class_find(u32 id)
{
	if (!id || id >= WEFT_CLASS_SHIPPED_END)
		return NULL;
	return &weft_classes[id];
}

/**
 * weft_class_by_name - the number of the class of a name
 * @name: as users write it
 *
 * Context: Any; the table is constant.
 * Return: the number, WEFT_CLASS_NONE where no class has that name.
 */
u32 weft_class_by_name(const char *name)
{
	u32 id;

	for (id = 1; id < WEFT_CLASS_SHIPPED_END; id++)
		if (!strcmp(weft_classes[id].name, name))
			return id;
	return WEFT_CLASS_NONE;
}
