#pragma once

#include "arguments.h"
#include "events.h"
#include "measure.h"
#include "session.h"

namespace cortado {

// The command `run` after the package was verified: measures, or evaluates a list of inputs. Throws a
// Refusal.
Measurement run_session(Session& session, const Arguments& arguments, Events& events);

}  // namespace cortado
