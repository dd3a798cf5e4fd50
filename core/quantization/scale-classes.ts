import type { ValueId } from '../graph/graph.ts';

/**
 * Values that must share one scale, since only byte-moving layers lie between them. Among the scales that their readers
 * offer the smallest wins: it is the largest range, so no reader's values are clamped that its own scale would keep.
 */
export class ScaleClasses {
  private readonly parents = new Map<ValueId, ValueId>();
  private readonly scales = new Map<ValueId, number>();

  /** The value that stands for the class. */
  find(id: ValueId): ValueId {
    let root = id;
    for (let parent = this.parents.get(root); parent !== undefined; parent = this.parents.get(root)) root = parent;
    if (root !== id) this.parents.set(id, root);
    return root;
  }

  unite(a: ValueId, b: ValueId): void {
    const [from, to] = [this.find(a), this.find(b)];
    if (from === to) return;
    const scale = this.scales.get(from);
    this.scales.delete(from);
    this.parents.set(from, to);
    if (scale !== undefined) this.offer(to, scale);
  }

  offer(id: ValueId, scale: number): void {
    const root = this.find(id);
    this.scales.set(root, Math.min(scale, this.scales.get(root) ?? Infinity));
  }

  scaleOf(id: ValueId): number | undefined {
    return this.scales.get(this.find(id));
  }
}
