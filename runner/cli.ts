#!/usr/bin/env node
import './play.js'
