#pragma once

#include "json.h"

namespace cortado {

// The event `probe`: what this board is.
JsonObject probe_event();

}  // namespace cortado
