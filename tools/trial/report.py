"""What was tried, how long it took, and what came of it."""
import time
import traceback

from sam import Failed


class Report:
    def __init__(self, log):
        self.rows, self.failed, self.log, self.began = [], [], log, time.time()

    def step(self, what, action, needs=()):
        """Runs the action, which returns what it found in a few words, or raises Failed. A step whose needs have failed is not tried."""
        missing = [n for n in needs if n not in {row[0] for row in self.rows if row[3] == "ok"}]
        if missing:
            return self.add(what, 0, f"needs: {missing[0]}", "not tried")
        began = time.time()
        print(f"{time.time() - self.began:5.0f} s  {what} ...", flush=True)
        try:
            return self.add(what, time.time() - began, action() or "", "ok", began)
        except Failed as e:
            return self.add(what, 0, str(e), "FAILED", began)
        except Exception as e:  # a fault of the trial itself must not hide what the other steps say
            with open(self.log, "a", encoding="utf-8") as file:
                traceback.print_exc(file=file)
            return self.add(what, 0, f"{type(e).__name__}: {e} (see {self.log.name})", "FAILED", began)

    def add(self, what, seconds, found, state, began=None):
        seconds = time.time() - began if began else seconds
        self.rows.append((what, seconds, found, state))
        if state != "ok":
            self.failed.append(what)
            print(f"         {state}: {found}", flush=True)
        return state == "ok"

    def table(self):
        width = max(len(row[0]) for row in self.rows)
        lines = [f"{state:9}  {what:{width}}  {seconds:5.0f} s  {found}" for what, seconds, found, state in self.rows]
        return "\n".join([*lines, f"{len(self.rows)} steps, {len(self.failed)} of them not right, {time.time() - self.began:.0f} s"])
