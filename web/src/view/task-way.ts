/** Where a task is done: the record it is about, or a new one in the register it asks for. */
import type { Task } from "@/api/types";
import type { Query } from "./scope";

/** What the form behind a task is told beside its address: the name in it is masked, and stays out of the address. */
export type Told = { known?: string | null; back?: string };

export const taskQuery = (task: Task): Query => ({
  register: task.enter,
  id: task.id,
  or: "new",
  org: task.org,
  resident: task.resident,
});
