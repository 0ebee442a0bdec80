// SPDX-License-Identifier: GPL-2.0
/*
 * What a TCP flow of which nobody says anything behaves like.
 *
 * Three things can be told apart by a glance at each end whenever it begins to
 * send in a new tick:
 *
 * exchange	small requests and answers. Whoever asks or answers does so when
 *		all that it had sent before has arrived and the other end has
 *		spoken since. A stream has always something under way.
 * bursts	transfers that are as long as those before them, with silence
 *		between: training.
 * stream	always something under way, for many ticks, and no bursts that
 *		repeat.
 *
 * A glance is a vote or none. A mind changes when votes for one other thing
 * come without one for what it is now; each change makes the next one take twice
 * as many, so that a flow which is neither settles somewhere. It never goes back
 * to having none.
 */
#include <linux/compiler.h>
#include <linux/limits.h>
#include <linux/minmax.h>

#include "behave.h"
#include "class.h"

#define WEFT_BEHAVE_UNIT_SHIFT	14	/* of weft_habit.size */

/* A burst has ended: is it as long as the one before it, within a quarter? */
static void weft_habit_burst(struct weft_habit *habit, u64 bytes)
{
	u32 size = min_t(u64, bytes >> WEFT_BEHAVE_UNIT_SHIFT, U16_MAX);
	u32 apart = max_t(u32, size, habit->size) -
		    min_t(u32, size, habit->size);

	if (apart > habit->size / 4)
		habit->agree = 0;
	else if (habit->agree < WEFT_BEHAVE_AGREE)
		habit->agree++;
	habit->size = size;
}

/* Is the current transfer one of the bursts that repeat, as far as it is? */
static bool weft_habit_repeats(const struct weft_habit *habit, u64 transfer)
{
	u64 size = (u64)habit->size << WEFT_BEHAVE_UNIT_SHIFT;

	return habit->agree >= WEFT_BEHAVE_AGREE && transfer <= size + size / 2;
}

/* Had it something under way? */
static void weft_habit_look(struct weft_habit *habit, bool answered,
			    const struct weft_glance *glance)
{
	bool streams = glance->waits;

	/* What arrives here is acknowledged before anybody looks again. */
	if (!glance->outward && !answered)
		streams = true;
	if (glance->bytes > WEFT_BEHAVE_SMALL)
		habit->looks = max_t(u8, habit->looks, WEFT_BEHAVE_STREAMS);
	if (glance->bytes && streams && habit->looks < WEFT_BEHAVE_LONG)
		habit->looks++;
}

/* Has an end sent its part of an exchange before the glance? */
static bool weft_habit_exchanges(struct weft_habit *habit,
				 const struct weft_habit *other,
				 const struct weft_glance *glance)
{
	if (glance->waits || glance->bytes > WEFT_BEHAVE_SMALL)
		return false;
	/* The last of a stream, before somebody asked for more of it. */
	if (habit->looks >= WEFT_BEHAVE_STREAMS) {
		habit->looks -= habit->looks / 4;
		return false;
	}
	habit->looks = 0;
	/* Who asks for a stream sends little himself. */
	return other->looks < WEFT_BEHAVE_STREAMS;
}

/* What the glance says, and how loudly. */
static u8 weft_behave_opinion(struct weft_habits *habits,
			      const struct weft_glance *glance, u8 *votes)
{
	struct weft_habit *habit = &habits->end[glance->end];
	struct weft_habit *other = &habits->end[!glance->end];
	bool answered = glance->bytes && other->spoke;

	*votes = 1;
	if (glance->bytes)
		habit->spoke = true;
	if (answered)
		other->spoke = false;

	if (glance->ended >= WEFT_BEHAVE_BURST) {
		weft_habit_burst(habit, glance->ended);
		habit->looks = 0;
		/* There is one such glance for many of a stream. */
		*votes = WEFT_BEHAVE_VOTES;
		return habit->agree >= WEFT_BEHAVE_AGREE ?
			WEFT_BEHAVIOUR_BURSTS : WEFT_BEHAVIOUR_NONE;
	}
	if (glance->ended)
		habit->looks = 0;
	if (answered && weft_habit_exchanges(habit, other, glance))
		return WEFT_BEHAVIOUR_EXCHANGE;
	weft_habit_look(habit, answered, glance);
	if (habit->looks < WEFT_BEHAVE_LONG ||
	    weft_habit_repeats(habit, glance->transfer))
		return WEFT_BEHAVIOUR_NONE;
	/* Of two streams, the one that is sent here is the one to order. */
	return glance->outward || other->looks >= WEFT_BEHAVE_LONG ?
		WEFT_BEHAVIOUR_STREAM_OUT : WEFT_BEHAVIOUR_STREAM_IN;
}

/**
 * weft_behave - glance at an end of a flow
 * @habits: of the flow
 * @glance: what there is to see
 *
 * Context: Any.
 * Return: whether the flow is taken for something else from now on.
 */
bool weft_behave(struct weft_habits *habits, const struct weft_glance *glance)
{
	u8 opinion, votes;
	u32 needed;

	opinion = weft_behave_opinion(habits, glance, &votes);
	if (opinion == WEFT_BEHAVIOUR_NONE)
		return false;
	if (opinion == habits->mind) {
		habits->votes = 0;
		return false;
	}
	if (opinion != habits->lean) {
		habits->lean = opinion;
		habits->votes = 0;
	}
	habits->votes += votes;
	needed = min_t(u32, WEFT_BEHAVE_VOTES << min_t(u8, habits->changes, 8),
		       WEFT_BEHAVE_VOTES_MAX);
	if (habits->votes < needed)
		return false;
	/* Read by whoever judges the flow. */
	WRITE_ONCE(habits->mind, opinion);
	habits->votes = 0;
	if (habits->changes < U8_MAX)
		WRITE_ONCE(habits->changes, habits->changes + 1);
	return true;
}

/**
 * weft_behave_class - the class of what behaves so
 * @mind: enum weft_behaviour
 *
 * Context: Any.
 * Return: class number, WEFT_CLASS_OTHER where nothing is known.
 */
u8 weft_behave_class(u8 mind)
{
	switch (mind) {
	case WEFT_BEHAVIOUR_EXCHANGE:	return WEFT_CLASS_TOKEN;
	case WEFT_BEHAVIOUR_BURSTS:	return WEFT_CLASS_GRADIENT;
	case WEFT_BEHAVIOUR_STREAM_OUT:	return WEFT_CLASS_CHECKPOINT;
	case WEFT_BEHAVIOUR_STREAM_IN:	return WEFT_CLASS_DATASET;
	default:			return WEFT_CLASS_OTHER;
	}
}
