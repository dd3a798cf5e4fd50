"""Thresholds of the release and dev-weight tables, transcribed into numpy from the rules of the formats.

Reads histograms (float64, 2048 counts each) from standard input and prints one JSON list of bins.
Usage: kl_reference.py release|dev-weight < histograms
       kl_reference.py count-positive MAX < float32 values      (prints the 2048 counts)
       kl_reference.py count-absolute MAX < float32 values

Independent of core/calibration on purpose: no code is shared, and every divergence is computed in full.
"""

import json
import sys

import numpy as np

LEVELS = 128
BINS = 2048


def release(counts):
    h = counts / counts.sum()
    best, chosen = 1000.0, LEVELS
    for i in range(LEVELS, BINS):
        p = h[:i].copy()
        p[-1] += h[i:].sum()

        # Q: the bins without the tail, each split at the edges of groups of i / 128 bins.
        bins = np.arange(i)
        width = i / LEVELS
        group = np.floor(bins / width).astype(int)
        share = np.minimum(1.0, (group + 1) * width - bins)
        follower = np.minimum(group + 1, LEVELS - 1)
        living = (h[:i] != 0).astype(float)
        mass = np.bincount(group, share * h[:i], LEVELS) + np.bincount(follower, (1 - share) * h[:i], LEVELS)
        members = np.bincount(group, share * living, LEVELS) + np.bincount(follower, (1 - share) * living, LEVELS)
        value = np.divide(mass, members, out=np.zeros(LEVELS), where=members > 0)
        q = (value[group] * share * living).astype(np.float32)
        q = (q + value[follower] * (1 - share) * living).astype(np.float32)

        used = p != 0
        with np.errstate(divide='ignore'):
            divergence = np.sum(p[used] * np.log(p[used] / q[used]))
        if divergence < best:
            best, chosen = divergence, i
    return chosen


def dev_weight(counts):
    h = counts[1:]
    divergences = []
    for i in range(LEVELS, len(h)):
        p = h[:i].copy()
        p[-1] += h[i:].sum()
        living = p != 0
        # Groups of i // 128 bins, the last with the rest; its last bin is not among those that share its mass.
        starts = np.arange(LEVELS) * (i // LEVELS)
        mass = np.add.reduceat(h[:i], starts)
        sharing = living.copy()
        sharing[-1] = False
        members = np.add.reduceat(sharing.astype(float), starts)
        value = np.divide(mass, members, out=np.zeros(LEVELS), where=members > 0)
        q = np.repeat(value, np.diff(np.append(starts, i)))
        q[-1] = 0
        q[~living] = 0
        p[p == 0] = 1e-4
        q[q == 0] = 1e-4
        p, q = p / p.sum(), q / q.sum()
        divergences.append(np.sum(p * np.log(p / q)))
    return LEVELS + int(np.argmin(divergences))


def main():
    what, data = sys.argv[1], sys.stdin.buffer.read()
    if what.startswith('count-'):
        values, top = np.frombuffer(data, np.float32), np.float32(sys.argv[2])
        if what == 'count-positive':
            counts = np.histogram(values, bins=BINS, range=(0, top))[0]
        else:
            magnitudes = np.abs(values[values != 0])
            counts = np.bincount(np.minimum((magnitudes / (top / BINS)).astype(np.int32), BINS - 1), minlength=BINS)
        print(json.dumps(counts.tolist()))
        return
    method = {'release': release, 'dev-weight': dev_weight}[what]
    print(json.dumps([int(method(row)) for row in np.frombuffer(data).reshape(-1, BINS)]))


main()
