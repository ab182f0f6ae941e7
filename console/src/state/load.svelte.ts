// How does a screen get its data? Asked again when what the question reads changes; what is there stays until the answer comes.
import { problemOf, type ApiProblem } from '../client';

export interface Loaded<Data> {
  readonly data: Data | null;
  readonly problem: ApiProblem | null;
  readonly loading: boolean;
  reload(): void;
  set(data: Data): void;
}

/** Within a component: the question is asked now and whenever a state that it reads changes. Null asks nothing. */
export function load<Data>(question: (signal: AbortSignal) => Promise<Data> | null): Loaded<Data> {
  let data = $state.raw<Data | null>(null);
  let problem = $state.raw<ApiProblem | null>(null);
  let loading = $state(true);
  let again = $state(0);
  $effect(() => {
    void again;
    const stop = new AbortController();
    const asked = question(stop.signal);
    if (!asked) { loading = false; return undefined; }
    loading = true;
    asked.then(
      (answer) => { if (!stop.signal.aborted) { data = answer; problem = null; loading = false; } },
      (error: unknown) => { if (!stop.signal.aborted) { problem = problemOf(error); loading = false; } },
    );
    return () => stop.abort();
  });
  return {
    get data() { return data; },
    get problem() { return problem; },
    get loading() { return loading; },
    reload() { again += 1; },
    set(next) { data = next; },
  };
}
