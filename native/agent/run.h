#pragma once

#include "arguments.h"
#include "events.h"
#include "session.h"

namespace cortado {

// The command `run` after the package was verified: measures, or evaluates a list of inputs. Returns every
// sample's latency. Throws a Refusal.
std::vector<std::int64_t> run_session(Session& session, const Arguments& arguments, Events& events);

}  // namespace cortado
